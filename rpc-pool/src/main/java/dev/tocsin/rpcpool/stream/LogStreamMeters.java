package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures {@link LogStream}s in a Micrometer registry. Needs {@code io.micrometer:micrometer-core}.
 *
 * <p>The catalogue; every meter has the tag {@code chain}, the chain id:
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>kind</th><th>unit</th><th>more tags</th><th>meaning</th></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.processed}</td><td>gauge</td><td></td><td></td><td>number of the newest delivered block</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.head}</td><td>gauge</td><td></td><td></td><td>highest block number a node told of;
 *     below {@code processed} when the nodes have long been behind it</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.lag}</td><td>gauge</td><td>blocks</td><td></td><td>head minus processed, at least 0</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.violated}</td><td>gauge</td><td></td><td></td>
 *     <td>1 when the stream has stopped because of a reorganisation too deep, else 0</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.blocks}</td><td>counter</td><td>blocks</td><td></td><td>blocks delivered</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.logs}</td><td>counter</td><td>logs</td><td></td><td>logs delivered</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.reorgs}</td><td>counter</td><td>reorgs</td><td></td>
 *     <td>changes to another branch, those the handler does not see included</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.retracted}</td><td>counter</td><td>blocks</td><td></td><td>delivered blocks that were retracted</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.retries}</td><td>counter</td><td>attempts</td><td>of (read, handler)</td><td>steps that failed and are tried again</td></tr>
 * <tr><td>{@code tocsin.rpcpool.stream.suspicious.empties}</td><td>counter</td><td>blocks</td><td></td>
 *     <td>blocks without wanted logs although their bloom allows for some</td></tr>
 * </table>
 *
 * Safe for use by many threads and by streams of several chains.
 */
public final class LogStreamMeters implements LogStreamListener {
    private static final String PREFIX = "tocsin.rpcpool.stream.";

    private final MeterRegistry registry;
    private final Map<Long, Meters> metersByChain = new ConcurrentHashMap<>();

    private LogStreamMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * A listener that measures in this registry.
     *
     * @param registry the registry
     * @return the listener
     */
    public static LogStreamMeters on(MeterRegistry registry) {
        return new LogStreamMeters(requireNonNull(registry, "registry"));
    }

    @Override
    public void onBegin(long chainId, Checkpoint checkpoint) {
        Meters meters = of(chainId);
        meters.processed.set(checkpoint.number());
        meters.head.set(checkpoint.number());
        meters.violated.set(0);
    }

    @Override
    public void onBehind(long chainId, long processed, long head) {
        of(chainId).head.set(head);
    }

    @Override
    public void onHead(long chainId, long head) {
        of(chainId).head.set(head);
    }

    @Override
    public void onBatch(LogBatch batch) {
        Meters meters = of(batch.chainId());
        meters.processed.set(batch.checkpoint().number());
        meters.blocks.increment(batch.blocks().size());
        meters.logs.increment(batch.logs().size());
        meters.retracted.increment(batch.retracted().size());
    }

    @Override
    public void onReorg(long chainId, long ancestor, long depth, List<Header> retracted) {
        of(chainId).reorgs.increment();
    }

    @Override
    public void onRetry(long chainId, String why, int attempt, Duration pause) {
        of(chainId).readRetries.increment();
    }

    @Override
    public void onHandlerFailed(LogBatch batch, Throwable failure, int attempt, Duration pause) {
        of(batch.chainId()).handlerRetries.increment();
    }

    @Override
    public void onSuspiciousEmpty(long chainId, Header block) {
        of(chainId).suspicious.increment();
    }

    @Override
    public void onViolation(long chainId, String why) {
        of(chainId).violated.set(1);
    }

    private Meters of(long chainId) {
        return metersByChain.computeIfAbsent(chainId, id -> new Meters(registry, Long.toString(id)));
    }

    /** The meters of one chain. */
    private static final class Meters {
        private final AtomicLong processed = new AtomicLong(-1);
        private final AtomicLong head = new AtomicLong(-1);
        private final AtomicLong violated = new AtomicLong();
        private final Counter blocks;
        private final Counter logs;
        private final Counter reorgs;
        private final Counter retracted;
        private final Counter readRetries;
        private final Counter handlerRetries;
        private final Counter suspicious;

        Meters(MeterRegistry registry, String chain) {
            gauge(registry, chain, "processed", "Number of the newest delivered block", processed);
            gauge(registry, chain, "head", "Highest block number a node told of", head);
            gauge(registry, chain, "violated", "1 when the stream has stopped on a reorganisation too deep", violated);
            Gauge.builder(PREFIX + "lag", () -> Math.max(0, head.get() - processed.get()))
                    .baseUnit("blocks")
                    .description("Head minus processed")
                    .tag("chain", chain)
                    .register(registry);
            blocks = counter(chain, "blocks", "blocks", "Blocks delivered").register(registry);
            logs = counter(chain, "logs", "logs", "Logs delivered").register(registry);
            reorgs = counter(chain, "reorgs", "reorgs", "Changes to another branch")
                    .register(registry);
            retracted = counter(chain, "retracted", "blocks", "Delivered blocks retracted")
                    .register(registry);
            readRetries = retries(chain).tag("of", "read").register(registry);
            handlerRetries = retries(chain).tag("of", "handler").register(registry);
            suspicious = counter(chain, "suspicious.empties", "blocks", "Blocks without logs their bloom allows for")
                    .register(registry);
        }

        private static Counter.Builder retries(String chain) {
            return counter(chain, "retries", "attempts", "Steps that failed and are tried again");
        }

        private static Counter.Builder counter(String chain, String name, String unit, String meaning) {
            return Counter.builder(PREFIX + name)
                    .baseUnit(unit)
                    .description(meaning)
                    .tag("chain", chain);
        }

        private static void gauge(MeterRegistry registry, String chain, String name, String meaning, AtomicLong value) {
            Gauge.builder(PREFIX + name, value, AtomicLong::get)
                    .description(meaning)
                    .tag("chain", chain)
                    .register(registry);
        }
    }
}
