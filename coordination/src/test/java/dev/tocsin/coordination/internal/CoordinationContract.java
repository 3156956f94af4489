package dev.tocsin.coordination.internal;

import static dev.tocsin.coordination.Wait.waitingUpTo;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.CoordinationListener;
import dev.tocsin.coordination.EndReason;
import dev.tocsin.coordination.LeaderElection;
import dev.tocsin.coordination.Lease;
import dev.tocsin.coordination.LeaseLostException;
import dev.tocsin.coordination.LeaseUnavailableException;
import dev.tocsin.coordination.LockService;
import dev.tocsin.coordination.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every backend must do. Time here is the backend's own, so it is short and awaited. */
public abstract class CoordinationContract {
    /** Short, and long enough for the timeouts the backends are opened with. */
    protected static final Duration TTL = ofSeconds(1);

    private static final Wait PATIENT = waitingUpTo(ofSeconds(10));

    private final List<Coordination> opened = new ArrayList<>();

    /** Opens one more instance on the store of this test. */
    protected abstract Coordination openInstance(String label, CoordinationListener listener);

    protected final Coordination open(String label) {
        return open(label, CoordinationListener.NONE);
    }

    protected final Coordination open(String label, CoordinationListener listener) {
        Coordination coordination = openInstance(label, listener);
        opened.add(coordination);
        return coordination;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Coordination::close);
    }

    @Test
    void secondOwnerIsRefusedWhileTheFirstHolds() {
        Coordination a = open("a");
        Coordination b = open("b");

        Lease first = a.locks().tryAcquire("x", TTL).orElseThrow();

        assertThat(first.isValid()).isTrue();
        assertThat(first.remaining()).isPositive().isLessThan(TTL);
        assertThat(b.locks().tryAcquire("x", TTL)).isEmpty();
        assertThat(a.locks().tryAcquire("x", TTL)).as("not reentrant").isEmpty();
        assertThat(b.locks().tryAcquire("y", TTL)).as("another name").isPresent();
    }

    @Test
    void releasedLeaseIsFreeAtOnceAndItsSuccessorHasAGreaterToken() {
        Coordination a = open("a");
        Coordination b = open("b");
        Lease first = a.locks().tryAcquire("x", TTL).orElseThrow();

        first.close();
        Lease second = b.locks().tryAcquire("x", TTL).orElseThrow();

        assertThat(first.isValid()).isFalse();
        assertThat(first.remaining()).isZero();
        assertThat(second.token()).isGreaterThan(first.token());
    }

    @Test
    void closingAgainHurtsNoSuccessor() {
        Coordination a = open("a");
        Lease first = a.locks().tryAcquire("x", TTL).orElseThrow();
        first.close();
        Lease second = a.locks().tryAcquire("x", TTL).orElseThrow();

        first.close();

        assertThat(open("b").locks().tryAcquire("x", TTL)).isEmpty();
        assertThat(second.isValid()).isTrue();
    }

    @Test
    void leaseLivesBeyondItsTtlBecauseItIsRenewed() {
        Coordination a = open("a");
        Coordination b = open("b");
        Lease lease = a.locks().tryAcquire("x", TTL).orElseThrow();

        await().during(TTL.multipliedBy(2)).atMost(TTL.multipliedBy(4)).until(lease::isValid);

        assertThat(b.locks().tryAcquire("x", TTL)).isEmpty();
    }

    @Test
    void ensureRefusesMoreThanIsLeft() {
        Lease lease = open("a").locks().tryAcquire("x", TTL).orElseThrow();

        lease.ensure(ofMillis(100));
        assertThatThrownBy(() -> lease.ensure(TTL)).isInstanceOf(LeaseLostException.class);
        lease.close();
        assertThatThrownBy(() -> lease.ensure(Duration.ZERO)).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void tokensGrowStrictlyOverAThousandGrants() {
        Coordination a = open("a");
        Coordination b = open("b");
        long before = 0;

        for (int i = 0; i < 1000; i++) {
            try (Lease lease = (i % 2 == 0 ? a : b).locks().tryAcquire("x", TTL).orElseThrow()) {
                assertThat(lease.token()).isGreaterThan(before);
                before = lease.token();
            }
        }
    }

    @Test
    void waiterGetsTheLeaseOnceItIsReleased() throws Exception {
        Lease first = open("a").locks().tryAcquire("x", TTL).orElseThrow();
        LockService others = open("b").locks();
        CompletableFuture<Lease> waiting = CompletableFuture.supplyAsync(() -> acquire(others, "x", PATIENT));
        await().during(ofMillis(100)).until(() -> !waiting.isDone());

        first.close();

        assertThat(waiting.get(1, TimeUnit.SECONDS).isValid()).isTrue();
    }

    @Test
    void waiterGivesUpAtItsDeadlineAndSaysWhoHoldsIt() {
        open("a").locks().tryAcquire("x", TTL).orElseThrow();
        LockService others = open("b").locks();

        assertThatThrownBy(() -> others.acquire("x", TTL, waitingUpTo(ofMillis(200))))
                .isInstanceOf(LeaseUnavailableException.class)
                .hasMessageContaining("x is held by a");
    }

    @Test
    void interruptedWaiterHoldsNothing() throws Exception {
        Lease first = open("a").locks().tryAcquire("x", TTL).orElseThrow();
        LockService others = open("b").locks();
        var interrupted = new CompletableFuture<Boolean>();
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                others.acquire("x", TTL, PATIENT);
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        await().during(ofMillis(50)).until(waiter::isAlive);

        waiter.interrupt();

        assertThat(interrupted.get(2, TimeUnit.SECONDS)).isTrue();
        first.close();
        assertThat(open("c").locks().tryAcquire("x", TTL)).isPresent();
    }

    @Test
    void closingTheCoordinationReleasesItsLeasesAndEndsItsWaiters() {
        Coordination a = open("a");
        Coordination b = open("b");
        Lease held = a.locks().tryAcquire("x", TTL).orElseThrow();
        Lease other = b.locks().tryAcquire("y", TTL).orElseThrow();
        CompletableFuture<Lease> waiting = CompletableFuture.supplyAsync(() -> acquire(a.locks(), "y", PATIENT));
        await().during(ofMillis(50)).until(() -> !waiting.isDone());

        a.close();

        assertThat(held.isValid()).isFalse();
        assertThat(b.locks().tryAcquire("x", TTL)).isPresent();
        assertThat(other.isValid()).isTrue();
        assertThatThrownBy(() -> waiting.get(2, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> a.locks().tryAcquire("z", TTL)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> a.election("z")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void namesAndTtlsOutOfRangeAreRefused() {
        Coordination a = open("a");

        assertThatThrownBy(() -> a.locks().tryAcquire("Üx", TTL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.election("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.locks().tryAcquire("x", ofMillis(10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ttl must be from PT0.1S to PT1H, was PT0.01S");
    }

    @Test
    void counterRaisedUnderTheLeaseByManyThreadsComesOutRight() throws Exception {
        var instances = List.of(open("a"), open("b"));
        int threads = 8;
        int rounds = 20;
        int[] counter = {0};
        var start = new CountDownLatch(1);
        List<Future<?>> all = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < threads; i++) {
                LockService locks = instances.get(i % 2).locks();
                all.add(executor.submit(() -> {
                    start.await();
                    for (int round = 0; round < rounds; round++) {
                        try (Lease lease = locks.acquire("x", TTL, waitingUpTo(ofSeconds(60)))) {
                            int read = counter[0];
                            Thread.yield();
                            lease.ensure(Duration.ZERO);
                            counter[0] = read + 1;
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> one : all) {
                one.get();
            }
        }

        assertThat(counter[0]).isEqualTo(threads * rounds);
    }

    @Test
    void standbyTakesOverWithinASecondWhenTheLeaderResigns() {
        List<String> calls = new CopyOnWriteArrayList<>();
        LeaderElection first = join(open("a"), "a", calls);
        await().until(() -> first.leadership().isValid());
        LeaderElection second = join(open("b"), "b", calls);
        await().until(() -> second.lastSeenLeader().equals(Optional.of("a")));
        assertThat(second.leadership().isValid()).isFalse();
        assertThat(second.leadership().token()).isZero();

        first.close();

        await().atMost(ofSeconds(1)).until(() -> second.leadership().isValid());
        long one = first.leadership().token();
        long two = second.leadership().token();
        await().until(() -> calls.size() == 3);
        assertThat(two).isGreaterThan(one);
        assertThat(calls).containsExactly("a elected " + one, "a revoked " + one + " RELEASED", "b elected " + two);
        assertThat(first.leadership().isValid()).isFalse();
    }

    @Test
    void successorIsNotElectedBeforeTheLeadersWorkHasEnded() {
        Coordination a = open("a");
        var workEnded = new CompletableFuture<Boolean>();
        var overlapped = new CompletableFuture<Boolean>();
        LeaderElection first = a.election("e")
                .ttl(TTL)
                .onRevoked((term, reason) -> {
                    TimeUnit.MILLISECONDS.sleep(
                            TTL.toMillis() * 2); // the slow work is what is tested: it outlasts the ttl
                    workEnded.complete(true);
                })
                .join();
        await().until(() -> first.leadership().isValid());
        open("b")
                .election("e")
                .ttl(TTL)
                .onElected(term -> overlapped.complete(!workEnded.isDone()))
                .join();

        first.close();

        assertThat(overlapped.orTimeout(2, TimeUnit.SECONDS).join()).isFalse();
    }

    @Test
    void leaderWhoseWorkDoesNotEndIsNotReleasedButLeftToRunOut() {
        Coordination a = open("a");
        var never = new CountDownLatch(1);
        var interrupted = new CompletableFuture<Boolean>();
        LeaderElection first = a.election("e")
                .ttl(TTL)
                .drainWithin(ofMillis(100))
                .onRevoked((term, reason) -> {
                    try {
                        interrupted.complete(never.await(20, TimeUnit.SECONDS));
                    } catch (InterruptedException e) {
                        interrupted.complete(true);
                    }
                })
                .join();
        await().until(() -> first.leadership().isValid());

        first.close();

        assertThat(first.leadership().isValid()).isFalse();
        assertThat(interrupted.orTimeout(2, TimeUnit.SECONDS).join()).isTrue();
        LockService others = open("b").locks();
        assertThat(others.tryAcquire("e", TTL)).isEmpty();
        await().atMost(TTL.multipliedBy(2))
                .until(() -> others.tryAcquire("e", TTL).isPresent());
    }

    @Test
    void candidateThatCannotStartGivesWayToAnother() {
        List<String> calls = new CopyOnWriteArrayList<>();
        LeaderElection broken = open("a")
                .election("e")
                .ttl(TTL)
                .onElected(term -> {
                    throw new IllegalStateException("planted");
                })
                .onRevoked((term, reason) -> calls.add("revoked " + reason))
                .join();
        await().until(() -> !calls.isEmpty());

        LeaderElection sound = open("b").election("e").ttl(TTL).join();

        await().until(() -> sound.leadership().isValid());
        assertThat(calls.getFirst()).isEqualTo("revoked FAILED");
        assertThat(broken.leadership().isValid()).isFalse();
    }

    @Test
    void leaderMayResignFromWithinItsCallback() {
        Coordination a = open("a");
        var self = new CompletableFuture<LeaderElection>();
        var revoked = new CompletableFuture<EndReason>();
        self.complete(a.election("e")
                .ttl(TTL)
                .onElected(term -> self.join().close())
                .onRevoked((term, reason) -> revoked.complete(reason))
                .join());

        assertThat(revoked.orTimeout(2, TimeUnit.SECONDS).join()).isEqualTo(EndReason.RELEASED);
        LockService others = open("b").locks();
        await().atMost(ofMillis(500)).until(() -> others.tryAcquire("e", TTL).isPresent());
    }

    protected static LeaderElection join(Coordination coordination, String who, List<String> calls) {
        return coordination
                .election("e")
                .ttl(TTL)
                .onElected(term -> calls.add(who + " elected " + term))
                .onRevoked((term, reason) -> calls.add(who + " revoked " + term + " " + reason))
                .join();
    }

    private static Lease acquire(LockService locks, String name, Wait wait) {
        try {
            return locks.acquire(name, TTL, wait);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
