package dev.tocsin.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GatewayMetersTest {
    private final Deque<DeliveryOutcome> outcomes = new ArrayDeque<>();
    private final Deque<GatewayHealth> healths = new ArrayDeque<>();
    private final Gateway gateway = new Gateway() {
        @Override
        public String name() {
            return "pager";
        }

        @Override
        public DeliveryOutcome send(Message message) {
            return outcomes.remove();
        }

        @Override
        public GatewayHealth check() {
            return healths.remove();
        }
    };

    @Test
    void attemptsAreTimedByGatewayAndOutcome() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        long[] nanos = {0};
        Gateway reporting = new ReportingGateway(gateway, GatewayMeters.on(registry), () -> nanos[0] += 1_000_000);
        outcomes.addAll(List.of(
                new DeliveryOutcome.Accepted("1"),
                new DeliveryOutcome.Accepted("2"),
                new DeliveryOutcome.Unknown("cut")));

        for (int n = 0; n < 3; n++) {
            reporting.send(Message.of("t", "x"));
        }

        var accepted = registry.get("tocsin.notification.send")
                .tags("gateway", "pager", "outcome", "accepted")
                .timer();
        assertThat(accepted.count()).isEqualTo(2);
        assertThat(accepted.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(2);
        assertThat(registry.get("tocsin.notification.send")
                        .tag("outcome", "unknown")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void theLastHealthCheckIsShown() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Gateway reporting = gateway.reportingTo(GatewayMeters.on(registry));
        healths.addAll(List.of(new GatewayHealth.Up(Duration.ZERO), new GatewayHealth.Down("gone")));

        reporting.check();
        assertThat(registry.get("tocsin.notification.up")
                        .tag("gateway", "pager")
                        .gauge()
                        .value())
                .isEqualTo(1);
        reporting.check();
        assertThat(registry.get("tocsin.notification.up")
                        .tag("gateway", "pager")
                        .gauge()
                        .value())
                .isZero();
    }

    @Test
    void aThrowingListenerDoesNotHurtTheSending() throws InterruptedException {
        outcomes.add(new DeliveryOutcome.Accepted("1"));
        Gateway reporting = gateway.reportingTo(new GatewayListener() {
            @Override
            public void onSend(String name, Message message, DeliveryOutcome outcome, Duration took) {
                throw new IllegalStateException("listener");
            }
        });

        assertThat(reporting.send(Message.of("t", "x"))).isEqualTo(new DeliveryOutcome.Accepted("1"));
    }
}
