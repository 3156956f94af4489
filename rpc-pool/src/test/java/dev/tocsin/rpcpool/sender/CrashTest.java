package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.OTHER;
import static dev.tocsin.rpcpool.sender.SenderFixture.gwei;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The process ends before or after each call of a port, and once more while it recovers: every point of every history. */
class CrashTest {

    private static final long LIMIT = 20;

    /** Not a {@link RuntimeException}: nothing of ours runs after it but {@code finally}. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final class Bomb {
        private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);

        /** From the crash on nothing happens any more, in no thread. */
        void tick() {
            if (left.decrementAndGet() <= 0) {
                throw new Crash();
            }
        }

        void set(int steps) {
            left.set(steps);
        }

        void disarm() {
            left.set(Integer.MAX_VALUE);
        }
    }

    private final SenderFixture fixture = new SenderFixture();
    private final Bomb bomb = new Bomb();

    private final PendingTransactions store = new PendingTransactions() {
        @Override
        public Optional<PendingTransaction> find(String key) {
            return fixture.pending.find(key);
        }

        @Override
        public void save(PendingTransaction transaction) {
            bomb.tick();
            fixture.pending.save(transaction);
            bomb.tick();
        }

        @Override
        public void remove(String key) {
            bomb.tick();
            fixture.pending.remove(key);
            bomb.tick();
        }

        @Override
        public List<PendingTransaction> open() {
            return fixture.pending.open();
        }
    };

    private final SpendingLimits limits = new SpendingLimits() {
        @Override
        public boolean reserve(String key, String owner, BigInteger wei) throws InterruptedException {
            bomb.tick();
            boolean reserved = fixture.limits.reserve(key, owner, wei);
            bomb.tick();
            return reserved;
        }

        @Override
        public void settle(String key, String owner) {
            bomb.tick();
            fixture.limits.settle(key, owner);
            bomb.tick();
        }

        @Override
        public void release(String key, String owner) {
            bomb.tick();
            fixture.limits.release(key, owner);
            bomb.tick();
        }
    };

    private SendOutcome send(String hex) {
        bomb.tick();
        SendOutcome outcome = fixture.chain.send(hex);
        bomb.tick();
        return outcome;
    }

    /** A new process: what was only in memory is gone. */
    private TransactionSender restarted() {
        NonceSource nonces = new CountedNonces(() -> fixture.chain.nonce(FakeChain.ACCOUNT, "pending"), Set::of);
        return new TransactionSenderBuilder(fixture.chain, fixture.chain, this::send)
                .nonces(nonces)
                .limits(limits)
                .pending(store)
                .maxFee(gwei(80))
                .confirmations(1)
                .pollEvery(Duration.ofSeconds(5))
                .replaceAfter(Duration.ofSeconds(5))
                .giveUpAfter(Duration.ofSeconds(30))
                .time(
                        time -> {
                            fixture.clock.advance(time);
                            fixture.chain.mine();
                        },
                        fixture.clock.nanoTicker())
                .build();
    }

    /** Three requests, of which the limit allows two; the second reverts in its block, and the first is sent again. */
    private void work() throws InterruptedException {
        TransactionSender sender = restarted();
        sender.recover();
        sender.send(transfer("a", 10));
        fixture.chain.executionReverts = true;
        sender.send(transfer("b", 10));
        fixture.chain.executionReverts = false;
        sender.send(transfer("c", 10));
        sender.send(transfer("d", 10));
        sender.send(transfer("a", 10));
    }

    private boolean survives(int at) throws InterruptedException {
        bomb.set(at);
        try {
            work();
            return true;
        } catch (Crash e) {
            return false;
        } finally {
            fixture.chain.executionReverts = false;
        }
    }

    private void checkHistory(int first, int second) throws InterruptedException {
        fixture.limits = SpendingLimits.daily(BigInteger.valueOf(LIMIT), fixture.clock);
        boolean done = survives(first);
        done |= survives(second);
        bomb.disarm();
        work();

        String history = "crashes at steps " + first + " and " + second;
        assertThat(fixture.chain.executedWei()).as(history).isLessThanOrEqualTo(BigInteger.valueOf(LIMIT));
        assertThat(fixture.pending.open()).as(history).isEmpty();
        assertThat(fixture.chain.executed)
                .as(history)
                .extracting(sent -> sent.fields().nonce())
                .doesNotHaveDuplicates();
        if (done) {
            assertThat(fixture.chain.executedWei()).as(history).isPositive();
        }
    }

    @Test
    void limitHoldsAndNothingStaysPendingWhereverItCrashesTwice() throws InterruptedException {
        int most = 60;
        for (int first = 1; first < most; first++) {
            for (int second = 1; second < most; second += 3 + first % 3) {
                for (boolean minesAtOnce : new boolean[] {true, false}) {
                    CrashTest fresh = new CrashTest();
                    fresh.fixture.chain.minesAtOnce = minesAtOnce;
                    fresh.checkHistory(first, second);
                }
            }
        }
    }

    @Test
    void keyIsExecutedOnceWhereverItCrashes() throws InterruptedException {
        for (int at = 1; at < 20; at++) {
            CrashTest fresh = new CrashTest();
            fresh.fixture.limits = SpendingLimits.daily(BigInteger.valueOf(1_000), fresh.fixture.clock);
            fresh.survivesSending(at, transfer("a", 10));

            TransactionSender second = fresh.restarted();
            second.recover();
            second.send(transfer("a", 10));

            assertThat(fresh.fixture.chain.executed)
                    .as("a crash at step %d", at)
                    .hasSize(1);
        }
    }

    @Test
    void rejectedKeyIsExecutedOnceAtMostWhereverItCrashes() throws InterruptedException {
        for (int at = 1; at < 20; at++) {
            CrashTest fresh = new CrashTest();
            FakeChain chain = fresh.fixture.chain;
            fresh.fixture.limits = SpendingLimits.daily(BigInteger.valueOf(1_000), fresh.fixture.clock);
            chain.answer = hash ->
                    Optional.of(new SendOutcome.Rejected(hash, ErrorClass.INSUFFICIENT_FUNDS, "too little", "fake"));
            fresh.survivesSending(at, transfer("a", 10));
            chain.answer = hash -> Optional.empty();
            chain.sendAgain(); // somebody has kept the bytes

            TransactionSender second = fresh.restarted();
            second.recover();
            second.send(transfer("a", 10));
            second.send(transfer("b", 3));
            second.send(transfer("a", 10));

            assertThat(chain.executed)
                    .as("a crash at step %d", at)
                    .extracting(sent -> sent.fields().valueWei().intValueExact())
                    .containsOnlyOnce(3)
                    .satisfies(values ->
                            assertThat(values.stream().filter(wei -> wei == 10)).hasSizeLessThan(2));
            assertThat(fresh.fixture.pending.open()).isEmpty();
        }
    }

    /** Two instances with stores of their own, one limit and, by mistake, one key. */
    @Test
    void whatAnotherInstanceHasReservedStaysReservedWhereverItCrashes() throws InterruptedException {
        for (int at = 1; at < 20; at++) {
            CrashTest fresh = new CrashTest();
            fresh.fixture.limits = SpendingLimits.daily(BigInteger.TEN, fresh.fixture.clock);
            fresh.fixture.limits.reserve("a", OTHER, BigInteger.TEN);
            fresh.survivesSending(at, transfer("a", 10));

            TransactionSender second = fresh.restarted();
            second.recover();
            second.send(transfer("a", 10));
            second.send(transfer("b", 1));

            assertThat(fresh.fixture.chain.executed)
                    .as("a crash at step %d", at)
                    .isEmpty();
        }
    }

    private void survivesSending(int at, TransactionRequest request) throws InterruptedException {
        bomb.set(at);
        try {
            restarted().send(request);
        } catch (Crash e) {
            // as intended
        } finally {
            bomb.disarm();
        }
    }

    @Test
    void crashHappens() {
        bomb.set(1);

        assertThatThrownBy(() -> restarted().send(transfer("a", 10))).isInstanceOf(Crash.class);
    }
}
