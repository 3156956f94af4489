package dev.tocsin.rpcpool.internal.node;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many requests may be under way at one node. The limit shrinks while answers take longer than the node's usual time, and grows back
 * when they do not; it stays as it is while less than half of it is in use. It changes once for as many answers as it allows requests,
 * since those before were asked under the old one. Safe for use by many threads.
 *
 * @see <a href="https://github.com/Netflix/concurrency-limits">Netflix, concurrency-limits: Gradient2</a>
 */
public final class Bulkhead {

    private static final int LEAST = 4;
    private static final double TOLERATED = 1.5; // times the usual time
    private static final double LARGEST_FALL = 0.5;
    private static final double SMOOTHING = 0.5;
    private static final double SHARE_OF_NEW = 0.1;
    private static final double SHARE_OF_NEW_IN_USUAL = 1.0 / 600;
    private static final int AT_FIRST = 10; // answers whose mean is the first usual time

    private final int most;
    private final int least;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile int limit;
    private final ReentrantLock lock =
            new ReentrantLock(); // guards every field below; an answer that finds it taken is not counted
    private double lately; // guarded by lock
    private double usually; // guarded by lock
    private double exactLimit; // guarded by lock
    private long answers; // guarded by lock
    private int inThisRound; // guarded by lock

    /** At first as many as there may be at most. */
    public Bulkhead(int most) {
        this.most = most;
        this.least = Math.min(LEAST, most);
        this.limit = most;
        this.exactLimit = most;
    }

    public int limit() {
        return limit;
    }

    public int underWay() {
        return underWay.get();
    }

    public boolean isFull() {
        return underWay.get() >= limit;
    }

    /** Begins a request if there is room; what gets in must {@link #leave}. */
    public boolean tryEnter() {
        for (int now = underWay.get(); now < limit; now = underWay.get()) {
            if (underWay.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    public void leave() {
        underWay.decrementAndGet();
    }

    /**
     * An answer came, or was not waited for any longer.
     *
     * @param slowness its time, compared with what is usual for its method: so that a change of methods is no change of times
     */
    public void answered(double slowness) {
        if (!lock.tryLock()) {
            return;
        }
        try {
            answers++;
            lately = answers == 1 ? slowness : lately + (slowness - lately) * SHARE_OF_NEW;
            double share = answers <= AT_FIRST ? 1.0 / answers : SHARE_OF_NEW_IN_USUAL;
            usually += (slowness - usually) * share;
            if (usually > 2 * lately) {
                usually *= 0.95; // it was slow for long, and is not any more
            }
            if (++inThisRound >= limit) {
                inThisRound = 0;
                adapt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void adapt() {
        if (underWay.get() * 2 < limit) {
            return;
        }
        double gradient = Math.clamp(TOLERATED * usually / lately, LARGEST_FALL, 1);
        double wanted = exactLimit * gradient + Math.sqrt(exactLimit); // the root: what may queue at the node
        exactLimit = Math.clamp(exactLimit + (wanted - exactLimit) * SMOOTHING, least, most);
        limit = (int) exactLimit;
    }
}
