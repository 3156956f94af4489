package dev.tocsin.rpcpool.sender;

import dev.tocsin.testsupport.MutableClock;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A sender over a chain in memory, whose waiting is a step of the test's clock, and may do something. */
final class SenderFixture {
    static final String OWNER = "an earlier run";
    static final String OTHER = "another instance, with a store of its own";
    static final String TO = "0x" + "b".repeat(40);

    /** What happens while the sender waits. */
    @FunctionalInterface
    interface Step {
        void run() throws InterruptedException;
    }

    final FakeChain chain = new FakeChain();
    final MutableClock clock = MutableClock.at("2026-05-01T12:00:00Z");
    final Queue<Step> whileWaiting = new ConcurrentLinkedQueue<>();
    final CountedNonces nonces = new CountedNonces(() -> chain.nonce(FakeChain.ACCOUNT, "pending"), Set::of);
    PendingTransactions pending = PendingTransactions.inMemory();
    SpendingLimits limits = SpendingLimits.none();

    TransactionSenderBuilder builder() {
        return new TransactionSenderBuilder(chain, chain, chain)
                .nonces(nonces)
                .pending(pending)
                .limits(limits)
                .maxFee(gwei(80))
                .confirmations(1)
                .replaceAfter(Duration.ofSeconds(45))
                .pollEvery(Duration.ofSeconds(5))
                .giveUpAfter(Duration.ofMinutes(10))
                .time(this::pause, clock.nanoTicker());
    }

    TransactionSender sender() {
        return builder().build();
    }

    private void pause(Duration time) throws InterruptedException {
        clock.advance(time);
        Step step = whileWaiting.poll();
        if (step != null) {
            step.run();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Nothing happens so often, and then this. */
    void afterPauses(int count, Step step) {
        for (int i = 0; i < count; i++) {
            whileWaiting.add(() -> {});
        }
        whileWaiting.add(step);
    }

    static TransactionRequest transfer(String key, long wei) {
        return TransactionRequest.transfer(key, TO, BigInteger.valueOf(wei));
    }

    static BigInteger gwei(long gwei) {
        return FakeChain.GWEI.multiply(BigInteger.valueOf(gwei));
    }
}
