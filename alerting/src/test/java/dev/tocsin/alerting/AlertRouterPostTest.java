package dev.tocsin.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AlertRouterPostTest {
    private static final Route BOTH =
            Route.to("chat").child(Route.to("phone").continuing()).child(Route.inheriting());
    private static final Alert ALERT = Alert.firing("A").label("severity", "critical");

    private final List<String> told = new ArrayList<>();

    private Receiver remembering() {
        return notification -> told.add(notification.receiver() + ' ' + notification.status());
    }

    private static Receiver failing(Exception exception) {
        return notification -> {
            throw exception;
        };
    }

    @Test
    void everyReceiverIsTold() throws InterruptedException {
        AlertRouter router = AlertRouter.builder(BOTH)
                .receiver("phone", remembering())
                .receiver("chat", remembering())
                .build();

        PostReport report = router.post(ALERT);

        assertThat(told).containsExactly("phone FIRING", "chat FIRING");
        assertThat(report.delivered()).extracting(Notification::receiver).containsExactly("phone", "chat");
        assertThat(report.failed()).isEmpty();
    }

    @Test
    void failureOfOneReceiverDoesNotStopTheOthers() throws InterruptedException {
        IOException refused = new IOException("refused");
        AlertRouter router = AlertRouter.builder(BOTH)
                .receiver("phone", failing(refused))
                .receiver("chat", remembering())
                .build();

        PostReport report = router.post(List.of(ALERT));

        assertThat(told).containsExactly("chat FIRING");
        assertThat(report.delivered()).extracting(Notification::receiver).containsExactly("chat");
        assertThat(report.failed())
                .extracting(failure -> failure.notification().receiver(), PostReport.Failure::cause)
                .containsExactly(tuple("phone", refused));
    }

    @Test
    void interruptionEndsThePostAndIsPassedOn() {
        AlertRouter router = AlertRouter.builder(BOTH)
                .receiver("phone", failing(new InterruptedException("stop")))
                .receiver("chat", remembering())
                .build();

        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> router.post(ALERT))
                .withMessage("stop");
        assertThat(told).isEmpty();
    }

    @Test
    void listenerHearsAlertsDeliveriesAndFailures() throws InterruptedException {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
        List<String> heard = new ArrayList<>();
        AlertRouter router = AlertRouter.builder(BOTH)
                .receiver("phone", failing(new IOException("refused")))
                .receiver("chat", notification -> nanos.addAndGet(5_000_000))
                .nanoTicker(nanos::get)
                .listener(new AlertingListener() {
                    @Override
                    public void onAlert(Alert alert) {
                        heard.add("alert " + alert.name());
                    }

                    @Override
                    public void onDelivered(Notification notification, Duration took) {
                        heard.add("delivered " + notification.receiver() + ' ' + took);
                    }

                    @Override
                    public void onFailed(Notification notification, Duration took, Exception cause) {
                        heard.add("failed " + notification.receiver() + ' ' + took + ' ' + cause.getMessage());
                    }
                })
                .build();

        router.post(ALERT, ALERT);

        assertThat(heard).containsExactly("alert A", "failed phone PT0S refused", "delivered chat PT0.005S");
    }

    @Test
    void listenerThatThrowsHurtsNobody() throws InterruptedException {
        AlertRouter router = AlertRouter.builder(Route.to("chat"))
                .receiver("chat", remembering())
                .listener(new AlertingListener() {
                    @Override
                    public void onDelivered(Notification notification, Duration took) {
                        throw new IllegalStateException("broken listener");
                    }
                })
                .build();

        PostReport report = router.post(ALERT);

        assertThat(report.delivered()).hasSize(1);
        assertThat(report.failed()).isEmpty();
    }

    @Test
    void metersCountAlertsAndTimeNotifications() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AlertRouter router = AlertRouter.builder(BOTH)
                .receiver("phone", failing(new IOException("refused")))
                .receiver("chat", remembering())
                .listener(AlertingMeters.on(registry))
                .build();

        router.post(ALERT);
        router.post(ALERT);

        assertThat(registry.get("tocsin.alerting.alerts")
                        .tags("severity", "critical", "status", "firing")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("tocsin.alerting.notifications")
                        .tags("receiver", "chat", "result", "delivered")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("tocsin.alerting.notifications")
                        .tags("receiver", "phone", "result", "failed")
                        .timer()
                        .totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
    }

    @Test
    void everyReceiverOfTheTreeMustBeConnected() {
        AlertRouter.Builder builder = AlertRouter.builder(BOTH).receiver("phone", remembering());

        assertThatIllegalStateException()
                .isThrownBy(builder::build)
                .withMessage("every receiver of the routes must be connected, missing are [chat]");
    }

    @Test
    void receiverThatNoRouteNamesIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertRouter.builder(BOTH).receiver("fax", remembering()))
                .withMessage("receiver must be one of [chat, phone], was fax");
    }

    @Test
    void receiverIsConnectedOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertRouter.builder(BOTH)
                        .receiver("chat", remembering())
                        .receiver("chat", remembering()))
                .withMessage("receiver chat is connected already");
    }

    @Test
    void routerWithoutReceiversOnlyRoutes() {
        assertThatIllegalStateException()
                .isThrownBy(() -> AlertRouter.of(BOTH).post(ALERT))
                .withMessage("router has no receivers: make it with builder(root).receiver(…)");
    }
}
