package dev.tocsin.coordination.internal;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.coordination.CoordinationException;
import dev.tocsin.coordination.CoordinationListener;
import dev.tocsin.coordination.EndReason;
import dev.tocsin.coordination.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A lease under a fake clock. Its deadline comes 940 ms after the request; it is renewed every 333 ms. */
class HeldLeaseTest {
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final Duration VALID = ofMillis(940);

    private final AtomicLong nanos = new AtomicLong();
    private final FakeScheduler scheduler = new FakeScheduler(nanos);
    private final LocalStore store = new LocalStore(nanos::get, () -> Instant.ofEpochSecond(0, nanos.get()));
    private final List<String> events = new ArrayList<>();
    private Runnable travel = () -> {};
    private final FlakyStore link = new FlakyStore(store, new Random(1), () -> travel.run());
    private final StoreCoordination coordination = new StoreCoordination(new Engine(
            link,
            scheduler,
            new Timing(ofMillis(10), ofMillis(20)),
            ofMillis(250),
            "a",
            new Random(1),
            new SafeListener(new Recorder())));

    private Lease acquire() {
        return coordination.locks().tryAcquire("x", TTL).orElseThrow();
    }

    private void pass(Duration time) {
        long end = nanos.get() + time.toNanos();
        while (nanos.get() < end) {
            nanos.addAndGet(Math.min(ofMillis(1).toNanos(), end - nanos.get()));
            scheduler.runDue();
        }
    }

    /** The time that a request, and then its answer, is under way. */
    private void travelTakes(Duration eachWay) {
        travel = () -> nanos.addAndGet(eachWay.toNanos());
    }

    @Test
    void deadlineIsCountedFromBeforeTheRequestToAcquireWasSent() {
        travelTakes(ofMillis(100));

        assertThat(acquire().remaining()).isEqualTo(VALID.minusMillis(200));
    }

    @Test
    void deadlineIsCountedFromBeforeTheRequestToRenewWasSent() {
        Lease lease = acquire();
        pass(ofMillis(333));
        travelTakes(ofMillis(100));

        pass(ofMillis(1));

        assertThat(events).contains("renewed after PT0.2S");
        assertThat(lease.remaining()).isBetween(VALID.minusMillis(202), VALID.minusMillis(200));
    }

    @Test
    void grantThatComesAfterItsOwnDeadlineIsGivenBack() {
        travelTakes(ofMillis(480));

        assertThatThrownBy(this::acquire)
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("the answer came after its local deadline");
        assertThat(store.acquire("x", "other", TTL, "b")).isInstanceOf(LeaseStore.Grant.Granted.class);
    }

    @Test
    void answerThatComesAfterTheDeadlineRevivesNothing() {
        Lease lease = acquire();
        var seen = new ArrayList<Boolean>();
        pass(ofMillis(333));
        travel = () -> {
            nanos.addAndGet(ofMillis(500).toNanos());
            seen.add(lease.isValid());
        };

        pass(ofMillis(1));

        assertThat(seen).containsExactly(true, false);
        assertThat(lease.isValid()).isFalse();
        assertThat(events).contains("ended EXPIRED").doesNotContain("renewed after PT1S");
    }

    @Test
    void lossIsToldAtTheDeadlineThoughTheRenewalHangs() {
        Lease lease = acquire();
        lease.onLost(reason -> events.add("told " + reason + " at " + Duration.ofNanos(nanos.get())));
        pass(ofMillis(333));
        travel = () -> {
            travel = () -> {};
            pass(Duration.ofSeconds(5)); // the request is under way all that time, other threads go on
        };

        pass(ofMillis(1));

        assertThat(events).contains("told EXPIRED at PT0.94S");
    }

    @Test
    void storeThatDoesNotAnswerIsAskedAgainUntilTheDeadline() {
        Lease lease = acquire();
        link.cut(true);

        pass(ofMillis(900));
        assertThat(lease.isValid()).isTrue();
        assertThat(events).filteredOn(event -> event.equals("renewal failed")).hasSizeGreaterThan(10);
        link.cut(false);
        pass(TTL);
        assertThat(lease.isValid()).isTrue();
        link.cut(true);
        pass(TTL);

        assertThat(lease.isValid()).isFalse();
        events.clear();
        pass(TTL);
        assertThat(events).as("no renewal after the deadline").isEmpty();
    }

    @Test
    void whoRegistersAfterTheLossIsToldAsWellAndOnce() {
        Lease lease = acquire();
        link.cut(true);
        pass(TTL);

        lease.onLost(reason -> events.add("told late " + reason));
        pass(TTL);

        assertThat(events).containsOnlyOnce("told late EXPIRED");
    }

    @Test
    void releaseIsNoLoss() {
        Lease lease = acquire();
        lease.onLost(reason -> events.add("told " + reason));

        lease.close();
        pass(TTL);

        assertThat(events).containsExactly("acquired", "ended RELEASED");
    }

    @Test
    void releaseThatGotNoAnswerIsTriedAgainUntilTheLeaseHasRunOut() {
        Lease lease = acquire();
        link.cut(true);
        lease.close();
        pass(ofMillis(200));
        link.cut(false);

        pass(ofMillis(30));

        assertThat(store.acquire("x", "other", TTL, "b")).isInstanceOf(LeaseStore.Grant.Granted.class);
    }

    @Test
    void listenerThatThrowsHurtsNobody() {
        var angry = new StoreCoordination(new Engine(
                link,
                scheduler,
                new Timing(ofMillis(10), ofMillis(20)),
                ofMillis(250),
                "a",
                new Random(1),
                new SafeListener(new CoordinationListener() {
                    @Override
                    public void onAcquired(String name, long token, Duration took) {
                        throw new IllegalStateException("planted");
                    }
                })));

        assertThat(angry.locks().tryAcquire("y", TTL)).isPresent();
    }

    private final class Recorder implements CoordinationListener {
        @Override
        public void onAcquired(String name, long token, Duration took) {
            events.add("acquired");
        }

        @Override
        public void onRenewed(String name, long token, Duration took) {
            events.add("renewed after " + took);
        }

        @Override
        public void onRenewalFailed(String name, long token, Duration remaining, Exception cause) {
            events.add("renewal failed");
        }

        @Override
        public void onEnded(String name, long token, EndReason reason) {
            events.add("ended " + reason);
        }
    }
}
