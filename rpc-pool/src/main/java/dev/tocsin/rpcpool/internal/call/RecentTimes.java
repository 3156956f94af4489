package dev.tocsin.rpcpool.internal.call;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** How long the answers that won took, by method: what is usual, so that the unusual can be told. Safe for use by many threads. */
public final class RecentTimes {

    private static final int MOST_METHODS = 64;
    private static final int KEPT = 128;
    private static final int FEWEST = 16;
    private static final double USUAL = 0.95;

    private final Map<String, Ring> byMethod = new ConcurrentHashMap<>();

    public void record(String method, long nanos) {
        ring(method).add(nanos);
    }

    /** In how many nanoseconds 95 of 100 recent answers came; -1 if too few are known. */
    public long usual(String method) {
        return ring(method).usual;
    }

    private Ring ring(String method) {
        Ring known = byMethod.get(method);
        if (known != null) {
            return known;
        }
        String key = byMethod.size() >= MOST_METHODS ? "other" : method;
        return byMethod.computeIfAbsent(key, any -> new Ring());
    }

    /** The newest times of one method. */
    private static final class Ring {
        private final ReentrantLock lock = new ReentrantLock(); // guards times and count
        private final long[] times = new long[KEPT];
        private long count;
        private volatile long usual = -1;

        void add(long nanos) {
            lock.lock();
            try {
                times[(int) (count++ % KEPT)] = nanos;
                if (count % FEWEST == 0) {
                    long[] sorted = Arrays.copyOf(times, (int) Math.min(count, KEPT));
                    Arrays.sort(sorted);
                    usual = sorted[(int) Math.ceil(sorted.length * USUAL) - 1];
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
