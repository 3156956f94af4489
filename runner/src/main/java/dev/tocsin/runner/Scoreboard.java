package dev.tocsin.runner;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.rpcpool.Header;
import dev.tocsin.rpcpool.LogBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Counts what a demo does. Safe for use by many threads. */
final class Scoreboard implements RunnerListener {

    private static final int LATENCIES = 1 << 16;
    private static final int BATCHES = 4096;

    private final Function<String, @Nullable Instant> minedAt;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private final SortedMap<String, Long> decoded = new TreeMap<>();
    private final SortedMap<String, Long> deliveries = new TreeMap<>();
    private final Map<Instant, Instant> minedBySeen = new LinkedHashMap<>();
    private final long[] latencies = new long[LATENCIES]; // the newest, in milliseconds
    private long measured;
    private long blocks;
    private long logs;
    private long matches;
    private long alerts;
    private long withdrawn;
    private long failovers;
    private long reorganisations;
    private long dead;
    private long processed;

    /** Measures from the instant a block was mined, where that is known, and else from its first sight. */
    Scoreboard(Function<String, @Nullable Instant> minedAt) {
        this.minedAt = minedAt;
    }

    @Override
    public void onBatch(LogBatch batch, Map<String, Integer> events, int matched, int recorded, int gone) {
        lock.lock();
        try {
            blocks += batch.blocks().size() - batch.retracted().size();
            logs += batch.logs().size();
            events.forEach((event, count) -> decoded.merge(event, (long) count, Long::sum));
            matches += matched;
            alerts += recorded;
            withdrawn += gone;
            reorganisations += batch.retracted().isEmpty() ? 0 : 1;
            processed = batch.checkpoint().number();
            remember(batch);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onDelivered(String gateway, String key, Instant seenAt, Instant at) {
        lock.lock();
        try {
            deliveries.merge(gateway, 1L, Long::sum);
            Instant mined = minedBySeen.getOrDefault(seenAt, seenAt);
            latencies[(int) (measured++ % LATENCIES)] =
                    Math.max(0, Duration.between(mined, at).toMillis());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onDead(String gateway, String key, DeliveryOutcome outcome) {
        lock.lock();
        try {
            dead++;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onFailover(String from, String to, String cause) {
        lock.lock();
        try {
            failovers++;
        } finally {
            lock.unlock();
        }
    }

    /** Messages a gateway took. */
    long delivered(String gateway) {
        lock.lock();
        try {
            return deliveries.getOrDefault(gateway, 0L);
        } finally {
            lock.unlock();
        }
    }

    /** The newest block that is durable. */
    long processed() {
        lock.lock();
        try {
            return processed;
        } finally {
            lock.unlock();
        }
    }

    /** One line of progress. */
    String progress() {
        lock.lock();
        try {
            long delivered =
                    deliveries.values().stream().mapToLong(Long::longValue).sum();
            return "block " + processed + " · " + logs + " logs · " + alerts + " alerts · " + delivered
                    + " delivered · p50 " + percentile(50) + " ms";
        } finally {
            lock.unlock();
        }
    }

    Summary summary(String source, long lost, long duplicated) {
        lock.lock();
        try {
            return new Summary(
                    source,
                    blocks,
                    logs,
                    new TreeMap<>(decoded),
                    matches,
                    alerts,
                    withdrawn,
                    new TreeMap<>(deliveries),
                    lost + dead,
                    duplicated,
                    percentile(50),
                    percentile(99),
                    failovers,
                    reorganisations);
        } finally {
            lock.unlock();
        }
    }

    private void remember(LogBatch batch) {
        Instant earliest = null;
        for (Header block : batch.blocks()) {
            Instant mined = minedAt.apply(block.hash());
            earliest = mined != null && (earliest == null || mined.isBefore(earliest)) ? mined : earliest;
        }
        if (earliest != null) {
            minedBySeen.put(Instant.ofEpochMilli(batch.seenAt().toEpochMilli()), earliest);
            if (minedBySeen.size() > BATCHES) {
                minedBySeen.remove(minedBySeen.keySet().iterator().next());
            }
        }
    }

    private double percentile(int percent) {
        int count = (int) Math.min(measured, LATENCIES);
        if (count == 0) {
            return 0;
        }
        long[] sorted = Arrays.copyOf(latencies, count);
        Arrays.sort(sorted);
        return sorted[Math.min(count - 1, (int) Math.ceil(count * percent / 100.0) - 1)];
    }
}
