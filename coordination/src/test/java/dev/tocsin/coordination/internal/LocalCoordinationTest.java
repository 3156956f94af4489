package dev.tocsin.coordination.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.CoordinationListener;
import dev.tocsin.coordination.Lease;
import dev.tocsin.coordination.LocalCoordination;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalCoordinationTest extends CoordinationContract {
    private final LeaseStore store = new LocalStore(System::nanoTime, InstantSource.system());

    @Override
    protected Coordination openInstance(String label, CoordinationListener listener) {
        return StoreCoordination.open(
                store,
                new VirtualThreadScheduler(System::nanoTime, Long.MAX_VALUE),
                new Timing(Duration.ofMillis(200), Duration.ofMillis(20)),
                Duration.ofMillis(250),
                label,
                new Random(1),
                listener);
    }

    @Test
    void passedInTickerDecidesWhatIsValidAtOnce() {
        var nanos = new AtomicLong(Long.MAX_VALUE - 5); // overflows in mid-lease: must be harmless
        Duration ttl = Duration.ofSeconds(10);
        try (Coordination coordination =
                LocalCoordination.builder().ticker(nanos::get).open()) {
            Lease lease = coordination.locks().tryAcquire("x", ttl).orElseThrow();

            nanos.addAndGet(Duration.ofSeconds(9).toNanos());
            assertThat(lease.isValid()).isTrue();
            nanos.addAndGet(Duration.ofMillis(400).toNanos());
            boolean before = lease.isValid();

            await().until(() -> !lease.isValid() || lease.remaining().toMillis() > 5000);
            assertThat(before || !lease.isValid())
                    .as("once invalid, always invalid")
                    .isTrue();
        }
    }

    @Test
    void twoLocalCoordinationsKnowNothingOfEachOther() {
        Duration ttl = Duration.ofSeconds(1);
        try (Coordination one = LocalCoordination.create();
                Coordination two = LocalCoordination.create()) {
            assertThat(one.locks().tryAcquire("x", ttl)).isPresent();
            assertThat(two.locks().tryAcquire("x", ttl)).isPresent();
        }
    }
}
