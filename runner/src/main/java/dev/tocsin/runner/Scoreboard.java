package dev.tocsin.runner;

import dev.tocsin.rpcpool.stream.Header;
import dev.tocsin.rpcpool.stream.LogBatch;
import dev.tocsin.runner.console.Plural;
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
    private final Map<Instant, Instant> minedBySeen = new LinkedHashMap<>();
    private final long[] latencies = new long[LATENCIES]; // the newest, in milliseconds
    private long measured; // messages that a gateway took
    private long blocks;
    private long logs;
    private long matches;
    private long alerts;
    private long withdrawn;
    private long failovers;
    private long reorganisations;
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
            Instant mined = minedBySeen.getOrDefault(seenAt, seenAt);
            latencies[(int) (measured++ % LATENCIES)] =
                    Math.max(0, Duration.between(mined, at).toMillis());
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
            String p50 = measured == 0 ? "–" : percentile(50) + " ms";
            return "block " + processed + " · " + Plural.of(logs, "log") + " · " + Plural.of(alerts, "alert") + " · "
                    + measured + " delivered · p50 " + p50;
        } finally {
            lock.unlock();
        }
    }

    /** Adds it up; what was delivered, expected, lost and duplicated others know. */
    Summary summary(
            DemoOptions.Source source,
            SortedMap<String, Long> deliveries,
            SortedMap<String, Summary.Expected> expected,
            long lost,
            long duplicated) {
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
                    deliveries,
                    expected,
                    lost,
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
