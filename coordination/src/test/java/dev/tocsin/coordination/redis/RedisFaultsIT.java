package dev.tocsin.coordination.redis;

import static dev.tocsin.coordination.Wait.waitingUpTo;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.CoordinationException;
import dev.tocsin.coordination.EndReason;
import dev.tocsin.coordination.LeaderElection;
import dev.tocsin.coordination.Lease;
import dev.tocsin.coordination.LeaseUnavailableException;
import dev.tocsin.coordination.LockService;
import dev.tocsin.testsupport.RedisServer;
import dev.tocsin.testsupport.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

/** Faults of the server, of the way to it, and of the holder. */
class RedisFaultsIT {
    private static final Duration TTL = ofSeconds(1);
    private static final Duration LONG_TTL = ofSeconds(4);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private RedisServer redis;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        proxy = TcpProxy.to("127.0.0.1", redis.port());
        opened.add(redis);
        opened.add(proxy);
        // so that the server knows the scripts: otherwise a lost answer would be "no such script"
        take(direct(), "warm-up", TTL).close();
    }

    @AfterEach
    void stop() throws Exception {
        redis.resume();
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    private Coordination direct() {
        return open(redis.port());
    }

    private Coordination throughProxy() {
        return open(proxy.port());
    }

    private Coordination open(int port) {
        UnifiedJedis jedis = Clients.impatient(port);
        opened.add(jedis);
        Coordination coordination = RedisCoordination.over(jedis)
                .namespace("n")
                .commandTimeout(Clients.TIMEOUT)
                .retryDelay(ofMillis(20))
                .open();
        opened.add(coordination);
        return coordination;
    }

    /** As tryAcquire, but bears a slow machine. */
    private static Lease take(Coordination coordination, String name, Duration ttl) throws InterruptedException {
        return coordination.locks().acquire(name, ttl, waitingUpTo(ofSeconds(2)));
    }

    private static boolean isFree(LockService locks) {
        try (Lease lease = locks.tryAcquire("x", LONG_TTL).orElse(null)) {
            return lease != null;
        } catch (CoordinationException e) {
            return false;
        }
    }

    @Test
    void leaseSurvivesAServerThatDiesAndComesBackEmpty() throws Exception {
        Lease lease = take(direct(), "x", LONG_TTL);
        LockService others = direct().locks();

        redis.kill9();
        await().during(ofMillis(300)).until(lease::isValid);
        redis.restart();

        await().during(LONG_TTL).atMost(LONG_TTL.multipliedBy(2)).until(lease::isValid);
        assertThatThrownBy(() -> others.acquire("x", LONG_TTL, waitingUpTo(ofMillis(500))))
                .isInstanceOf(LeaseUnavailableException.class);
    }

    @Test
    void holderIsToldAtOnceWhenAForgetfulServerGaveItsLeaseToAnother() throws Exception {
        Lease lease = take(direct(), "x", LONG_TTL);
        var lost = new CompletableFuture<EndReason>();
        lease.onLost(lost::complete);
        Lease other;
        try (UnifiedJedis jedis = Clients.impatient(redis.port())) {
            jedis.flushAll();
            other = take(direct(), "x", LONG_TTL);
        }

        assertThat(lost.orTimeout(LONG_TTL.toMillis() / 2, java.util.concurrent.TimeUnit.MILLISECONDS)
                        .join())
                .isEqualTo(EndReason.TAKEN);
        assertThat(other.token()).isGreaterThan(lease.token());
        lease.close();
        assertThat(other.isValid()).isTrue();
    }

    @Test
    void holderCutOffIsOutBeforeAnotherHoldsTheLease() throws Exception {
        Lease lease = take(throughProxy(), "x", TTL);
        var lostAt = new CompletableFuture<Long>();
        lease.onLost(reason -> lostAt.complete(System.nanoTime()));
        LockService others = direct().locks();
        await().during(ofMillis(500)).until(lease::isValid);

        proxy.kill();
        long cutAt = System.nanoTime();
        Lease next = others.acquire("x", TTL, waitingUpTo(ofSeconds(5)));
        long takenAt = System.nanoTime();

        assertThat(lease.isValid()).isFalse();
        assertThat(lostAt).isCompleted();
        assertThat(lostAt.join()).isLessThan(takenAt);
        assertThat(takenAt - cutAt).isLessThan(TTL.plusMillis(500).toNanos());
        assertThat(next.token()).isGreaterThan(lease.token());
    }

    @Test
    void serverPausedForLessThanTheTtlCostsNothing() throws Exception {
        Lease lease = take(direct(), "x", LONG_TTL);

        redis.pause();
        await().during(ofMillis(2000)).atMost(ofSeconds(3)).until(lease::isValid);
        redis.resume();

        await().during(LONG_TTL).atMost(LONG_TTL.multipliedBy(2)).until(lease::isValid);
    }

    @Test
    void serverPausedForLongerThanTheTtlEndsTheLeaseAndTheWaiterIsServedAfterwards() throws Exception {
        Lease lease = take(direct(), "x", TTL);
        var lost = new CompletableFuture<EndReason>();
        lease.onLost(lost::complete);

        redis.pause();
        await().atMost(TTL.plusMillis(300)).until(() -> !lease.isValid());
        await().until(lost::isDone);
        redis.resume();

        assertThat(lost.join()).isEqualTo(EndReason.EXPIRED);
        assertThat(direct().locks().acquire("x", TTL, waitingUpTo(ofSeconds(3))).token())
                .isGreaterThan(lease.token());
    }

    @Test
    void leaseWhoseGrantWasLostOnTheWayIsFoundByTheNextAttempt() throws Exception {
        LockService locks = throughProxy().locks();
        proxy.slow(Duration.ofMinutes(1));
        CompletableFuture<Lease> acquiring = CompletableFuture.supplyAsync(() -> {
            try {
                return locks.acquire("x", LONG_TTL, waitingUpTo(ofSeconds(10)));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        LockService others = direct().locks();
        await().pollDelay(ofMillis(300)).until(() -> !isFree(others));

        proxy.heal();

        await().atMost(ofSeconds(1)).until(acquiring::isDone);
        assertThat(acquiring.join().isValid()).isTrue();
    }

    @Test
    void attemptThatGotNoAnswerIsGivenBackLongBeforeItRunsOut() throws Exception {
        LockService locks = throughProxy().locks();
        proxy.slow(Duration.ofMinutes(1));
        assertThatThrownBy(() -> locks.tryAcquire("x", Duration.ofMinutes(10)))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("may or may not have taken place");

        proxy.heal();

        LockService others = direct().locks();
        await().atMost(ofSeconds(2)).until(() -> isFree(others));
    }

    @Test
    void closingALeaseWhileTheServerIsDownThrowsNothingAndItIsReleasedLater() throws Exception {
        Lease lease = take(throughProxy(), "x", Duration.ofMinutes(10));
        proxy.kill();

        lease.close();
        proxy.heal();

        LockService others = direct().locks();
        await().atMost(ofSeconds(2)).until(() -> isFree(others));
    }

    @Test
    void pausedHolderNeverBelievesInALeaseThatAnotherHolds() throws Exception {
        try (var holder = HolderProcess.start("lease", redis.port(), "n", TTL)) {
            LockService others = direct().locks();
            long before = 0;
            for (int round = 1; round <= 5; round++) {
                int rounds = round;
                await().until(() -> holder.after("HELD").size() == rounds);
                long token = holder.after("HELD").getLast();
                assertThat(token).isGreaterThan(before);

                holder.process().pause();
                Lease taken = others.acquire("x", TTL, waitingUpTo(ofSeconds(5)));
                long takenAt = System.nanoTime();
                holder.process().resume();
                await().until(() -> holder.after("INVALID").size() == rounds);

                assertThat(holder.after("VALID"))
                        .allSatisfy(at -> assertThat(at).isLessThan(takenAt));
                assertThat(taken.token()).isGreaterThan(token);
                assertThat(taken.isValid()).isTrue();
                before = taken.token();
                taken.close();
            }
        }
    }

    @Test
    void killedLeaderIsReplacedWithinItsTtlAndAMargin() throws Exception {
        try (var leader = HolderProcess.start("leader", redis.port(), "n", TTL)) {
            await().until(() -> !leader.after("HELD").isEmpty());
            LeaderElection standby = direct().election("x").ttl(TTL).join();
            await().until(() -> standby.lastSeenLeader().isPresent());

            leader.process().kill9();

            await().atMost(TTL.plusMillis(300))
                    .pollInterval(ofMillis(5))
                    .until(() -> standby.leadership().isValid());
            assertThat(standby.leadership().token())
                    .isGreaterThan(leader.after("HELD").getLast());
        }
    }

    @Test
    void candidatesOutliveAnOutageLongerThanTheTtlAndAgreeOnOneLeaderAfterwards() throws Exception {
        LeaderElection a = direct().election("x").ttl(TTL).join();
        LeaderElection b = direct().election("x").ttl(TTL).join();
        await().until(() -> a.leadership().isValid() || b.leadership().isValid());

        redis.kill9();
        await().until(() -> !a.leadership().isValid() && !b.leadership().isValid());
        redis.restart();

        await().until(() -> a.leadership().isValid() || b.leadership().isValid());
        await().during(TTL)
                .atMost(TTL.multipliedBy(3))
                .until(() -> a.leadership().isValid() ^ b.leadership().isValid());
    }
}
