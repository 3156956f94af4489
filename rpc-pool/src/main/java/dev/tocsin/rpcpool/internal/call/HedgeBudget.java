package dev.tocsin.rpcpool.internal.call;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the load that additional requests make: every call puts a share of one into the bucket, every additional request takes a whole one out.
 * Second requests leave three in it, for those that find out how nodes are.
 */
public final class HedgeBudget {

    private static final long ONE = 1_000;
    private static final long FULL = 10 * ONE;
    private static final long RESERVE = 3 * ONE;

    private final long share;
    private final AtomicLong bucket;

    /**
     * Makes a full bucket, of ten; an empty one that stays so if there is no share.
     *
     * @param share additional requests per call in the long run, 0 to 1
     */
    public HedgeBudget(double share) {
        this.share = Math.round(share * ONE);
        this.bucket = new AtomicLong(this.share == 0 ? 0 : FULL);
    }

    public void earn() {
        long before = bucket.get();
        if (before < FULL) { // a lost race costs a share
            bucket.compareAndSet(before, Math.min(FULL, before + share));
        }
    }

    /** For a second request. */
    public boolean spend() {
        return spend(RESERVE);
    }

    /** For a request that finds out how a node is. */
    public boolean spendReserve() {
        return spend(0);
    }

    private boolean spend(long left) {
        for (long before = bucket.get(); before >= ONE + left; before = bucket.get()) {
            if (bucket.compareAndSet(before, before - ONE)) {
                return true;
            }
        }
        return false;
    }
}
