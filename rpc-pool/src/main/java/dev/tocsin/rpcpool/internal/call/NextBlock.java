package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.internal.transport.Timer;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Waits for a block that no node has yet, if it is about to come: one block time at most, and half of what is left for the call. */
public final class NextBlock {

    private static final long MOST_BLOCKS = 2; // beyond the newest that a node has told of
    private static final long LOOKS = 8;
    private static final long LONGEST_STEP = Duration.ofMillis(250).toNanos();

    private final LongSupplier newestHead;
    private final LongSupplier blockTimeNanos;
    private final Timer timer;
    private final LongSupplier nanoTicker;

    /**
     * Waits for nothing yet.
     *
     * @param newestHead the newest block that a node has told of; -1 if none has
     * @param blockTimeNanos the time between blocks; 0 while it is not known: then nothing is waited for
     */
    public NextBlock(LongSupplier newestHead, LongSupplier blockTimeNanos, Timer timer, LongSupplier nanoTicker) {
        this.newestHead = newestHead;
        this.blockTimeNanos = blockTimeNanos;
        this.timer = timer;
        this.nanoTicker = nanoTicker;
    }

    /** Whether it has waited for the block that a call lacks; the call then has one more attempt. Once for a call. */
    boolean await(Asked asked) throws InterruptedException {
        long block = asked.lacking();
        long blockTime = block < 0 ? 0 : blockTimeNanos.getAsLong();
        if (blockTime <= 0 || !isNext(block) || !asked.grantOnce()) {
            return false;
        }
        long began = nanoTicker.getAsLong();
        long most = Math.min(blockTime, asked.nanosLeft() / 2);
        for (long left = most;
                left > 0 && newestHead.getAsLong() < block;
                left = most - (nanoTicker.getAsLong() - began)) {
            timer.sleep(Math.min(left, Math.min(LONGEST_STEP, blockTime / LOOKS + 1)));
        }
        return true;
    }

    private boolean isNext(long block) {
        long newest = newestHead.getAsLong();
        return newest >= 0 && block > newest && block - newest <= MOST_BLOCKS;
    }
}
