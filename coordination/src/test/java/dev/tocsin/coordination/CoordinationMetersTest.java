package dev.tocsin.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CoordinationMetersTest {
    private static final Duration TTL = Duration.ofMillis(300);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double value(String meter) {
        return registry.get("tocsin.coordination." + meter).meters().stream()
                .mapToDouble(one -> one.measure().iterator().next().getValue())
                .sum();
    }

    @Test
    void leasesAndElectionsAreCounted() {
        try (Coordination coordination = LocalCoordination.builder()
                .listener(CoordinationMeters.on(registry))
                .open()) {
            Lease lease = coordination.locks().tryAcquire("x", TTL).orElseThrow();
            assertThat(coordination.locks().tryAcquire("x", TTL)).isEmpty();
            LeaderElection election = coordination.election("e").ttl(TTL).join();

            await().until(() -> value("renewal") > 0);
            await().until(() -> election.leadership().isValid());
            assertThat(value("acquire.refused")).isEqualTo(1);
            assertThat(value("acquire.wait")).isEqualTo(2);
            assertThat(value("leases.held")).isEqualTo(2);
            assertThat(value("leader")).isEqualTo(1);
            assertThat(value("term")).isEqualTo(election.leadership().token());
            assertThat(value("acquire.failed")).isZero();
            assertThat(value("renewal.failed")).isZero();

            lease.close();
            election.close();
            assertThat(value("leases.held")).isZero();
            assertThat(value("leases.ended")).isEqualTo(2);
            assertThat(value("leader")).isZero();
        }
    }

    @Test
    void failedCallbacksAreCounted() {
        try (Coordination coordination = LocalCoordination.builder()
                .listener(CoordinationMeters.on(registry))
                .open()) {
            coordination
                    .election("e")
                    .ttl(TTL)
                    .onElected(term -> {
                        throw new IllegalStateException("planted");
                    })
                    .join();

            await().until(() ->
                    registry.find("tocsin.coordination.callback.failed").counter() != null);
        }
    }
}
