package dev.tocsin.rpcpool.internal.node;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The average time between blocks: exponential, a tenth of each new one. Learned from the growth of the tip, however seldom one looks.
 * Safe for use by many threads.
 */
final class BlockTime {

    private static final double WEIGHT = 0.1;
    private static final int LEAST_SAMPLES = 3;
    private static final long SHORTEST = Duration.ofMillis(10).toNanos();
    private static final long LONGEST = Duration.ofMinutes(2).toNanos();

    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private volatile long tip = -1; // written under lock
    private volatile long nanos; // written under lock; 0 as long as there are too few samples
    private long roseAt; // guarded by lock
    private int samples = -1; // guarded by lock; when the first block began nobody knows
    private double average; // guarded by lock

    /** In nanoseconds; 0 while it is not known. */
    long nanos() {
        return nanos;
    }

    /** In nanoseconds; the other time while it is not known. */
    long nanosOr(long other) {
        long known = nanos;
        return known == 0 ? other : known;
    }

    /** The tip that the nodes agree on now. */
    void tip(long now, long newest) {
        if (newest <= tip) {
            return;
        }
        lock.lock();
        try {
            if (newest <= tip) {
                return;
            }
            if (tip >= 0 && ++samples > 0) {
                long sample = Math.clamp((now - roseAt) / (newest - tip), SHORTEST, LONGEST);
                average = samples == 1 ? sample : average + WEIGHT * (sample - average);
                nanos = samples < LEAST_SAMPLES ? 0 : (long) average;
            }
            tip = newest;
            roseAt = now;
        } finally {
            lock.unlock();
        }
    }
}
