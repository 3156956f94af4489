package dev.tocsin.rpcpool.internal.call;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** How long the answers that won took, by method: what is usual, so that the unusual can be told. Safe for use by many threads. */
public final class RecentTimes {

    private static final int MOST_METHODS = 64;
    private static final int KEPT = 128;
    private static final int FEWEST = 16;
    private static final double USUAL = 0.95;
    private static final double NEARLY_ALL = 0.99;
    private static final int PATIENCE = 4; // times what nearly all took
    private static final long LEAST_PATIENCE = Duration.ofSeconds(1).toNanos();
    private static final int MOST_DOUBLINGS = 20;

    private final Map<String, Ring> byMethod = new ConcurrentHashMap<>();

    public void record(String method, long nanos) {
        ring(method).add(nanos);
    }

    /** In how many nanoseconds 95 of 100 recent answers came; -1 if too few are known. */
    public long usual(String method) {
        return ring(method).seen.usual;
    }

    /** In how many nanoseconds half of the recent answers came; -1 if too few are known. */
    public long median(String method) {
        return ring(method).seen.median;
    }

    /**
     * After how many nanoseconds an answer need not be waited for any longer: four times what 99 of 100 took, a second at least; -1 if too
     * few are known. Doubles with each answer that was awaited so long in vain, until there is one: it may be that all have become slow.
     */
    public long enough(String method) {
        Ring ring = ring(method);
        long nearlyAll = ring.seen.nearlyAll;
        return nearlyAll < 0
                ? -1
                : Math.max(LEAST_PATIENCE, nearlyAll * PATIENCE) << Math.min(MOST_DOUBLINGS, ring.inVain.get());
    }

    /** Nobody answered in time. */
    public void inVain(String method, long nanos) {
        if (nanos >= LEAST_PATIENCE) {
            ring(method).inVain.incrementAndGet();
        }
    }

    private Ring ring(String method) {
        Ring known = byMethod.get(method);
        if (known != null) {
            return known;
        }
        String key = byMethod.size() >= MOST_METHODS ? "other" : method;
        return byMethod.computeIfAbsent(key, any -> new Ring());
    }

    private record Seen(long median, long usual, long nearlyAll) {}

    /** The newest times of one method. */
    private static final class Ring {
        private final ReentrantLock lock = new ReentrantLock(); // guards times and count, and who writes seen
        private final long[] times = new long[KEPT];
        private long count;
        private volatile Seen seen = new Seen(-1, -1, -1);
        private final AtomicInteger inVain = new AtomicInteger();

        void add(long nanos) {
            lock.lock();
            try {
                times[(int) (count++ % KEPT)] = nanos;
                if (inVain.get() > 0) {
                    inVain.set(0);
                }
                if (count % FEWEST == 0) {
                    long[] sorted = Arrays.copyOf(times, (int) Math.min(count, KEPT));
                    Arrays.sort(sorted);
                    seen = new Seen(at(sorted, 0.5), at(sorted, USUAL), at(sorted, NEARLY_ALL));
                }
            } finally {
                lock.unlock();
            }
        }

        private static long at(long[] sorted, double share) {
            return sorted[(int) Math.ceil(sorted.length * share) - 1];
        }
    }
}
