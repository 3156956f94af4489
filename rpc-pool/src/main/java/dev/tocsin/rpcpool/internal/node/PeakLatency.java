package dev.tocsin.rpcpool.internal.node;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How quick and how reliable a node has been lately. A slow answer counts at once and whole, and is forgotten over some 15 seconds of
 * quicker ones. The mean of the calls' times, in which one slow answer says little, is kept beside it. Safe for use by many threads.
 */
public final class PeakLatency {

    private static final double FORGOTTEN_AFTER = Duration.ofSeconds(15).toNanos();
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double SHARE_OF_LAST = 0.1;
    private static final double LEAST_RATE = 0.01;

    private final ReentrantLock lock = new ReentrantLock(); // for those who write
    private volatile double nanos;
    private volatile double successRate = 1;
    private volatile double mean;
    private volatile boolean hasAnswered;
    private long last; // guarded by lock

    /** 0 if nothing is known. */
    public double millis() {
        return nanos / NANOS_PER_MILLI;
    }

    /** The mean of some ten of the last calls; 0 if there were none. */
    public double meanMillis() {
        return mean / NANOS_PER_MILLI;
    }

    /** Above 0, at most 1. */
    public double successRate() {
        return Math.max(LEAST_RATE, successRate);
    }

    /** Whether it has ever answered a call or a check. */
    boolean hasAnswered() {
        return hasAnswered;
    }

    /** A call was answered. */
    public void served(long took, long now) {
        lock.lock();
        try {
            average(took);
            answered(took, now);
        } finally {
            lock.unlock();
        }
    }

    /** A check was answered. */
    public void answered(long took, long now) {
        lock.lock();
        try {
            add(took, now);
            hasAnswered = true;
            double before = successRate;
            successRate = before + (1 - before) * SHARE_OF_LAST;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waited for the answer: it can only make the node slower than it was thought to be. */
    public void tookAtLeast(long waited, long now) {
        lock.lock();
        try {
            if (waited > nanos) {
                add(waited, now);
            }
            if (waited > mean) {
                average(waited);
            }
        } finally {
            lock.unlock();
        }
    }

    public void failed() {
        lock.lock();
        try {
            double before = successRate;
            successRate = before - before * SHARE_OF_LAST;
        } finally {
            lock.unlock();
        }
    }

    private void average(long took) {
        double before = mean;
        mean = before == 0 ? Math.max(1, took) : before + (took - before) * SHARE_OF_LAST;
    }

    private void add(long took, long now) {
        double kept = nanos == 0 ? 0 : Math.exp(-Math.max(0, now - last) / FORGOTTEN_AFTER);
        nanos = Math.max(1, took > nanos ? took : nanos * kept + took * (1 - kept));
        last = now;
    }
}
