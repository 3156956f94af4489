package dev.tocsin.rpcpool.stream;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether the nodes' newest block has long been below one that is waited for: by more than {@value #BLOCKS} blocks, in at least
 * {@value #LOOKS} looks in a row that took 10 s. One node that lags, or a look at the wrong moment, is not enough. Used by one
 * thread.
 */
final class Shortfall {
    private static final int BLOCKS = 3;
    private static final int LOOKS = 3;
    private static final Duration LONG = Duration.ofSeconds(10);

    private final LongSupplier nanoTicker;
    private int looks;
    private long sinceNanos;
    private boolean said;

    Shortfall(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** Takes what a look has shown; true once, when it has lasted, and again only after the nodes have had the block. */
    boolean lasts(long newest, long wanted) {
        if (newest >= wanted) {
            said = false;
        }
        if (newest >= wanted - BLOCKS) {
            looks = 0;
            return false;
        }
        long nowNanos = nanoTicker.getAsLong();
        if (looks == 0) {
            sinceNanos = nowNanos;
        }
        looks = Math.min(looks + 1, LOOKS);
        if (said || looks < LOOKS || nowNanos - sinceNanos < LONG.toNanos()) {
            return false;
        }
        said = true;
        return true;
    }
}
