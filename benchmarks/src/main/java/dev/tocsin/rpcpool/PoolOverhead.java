package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.StringNode;

/**
 * What the pool itself costs: calls over a transport that answers at once, in this process, with three nodes, retry and hedge armed. In the
 * pool's own package, since only from here another transport can be given.
 */
public final class PoolOverhead {

    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration MEASURED = Duration.ofSeconds(1);
    private static final int REPETITIONS = 5;
    private static final String ZEROS = "0x" + "0".repeat(24);
    private static final int ASK_CLOCK_EVERY = 64;

    private PoolOverhead() {}

    /**
     * What was measured, medians of the repetitions.
     *
     * @param microsPerCall of one thread
     * @param callsPerSecond the lower one of two threads and of 256 callers
     * @param table for people
     */
    public record Figures(double microsPerCall, double callsPerSecond, String table) {}

    /**
     * Measures.
     *
     * @return the figures
     * @throws Exception if a call fails
     */
    public static Figures measure() throws Exception {
        List<Double> single;
        List<Double> two;
        List<Double> many;
        try (RpcPool pool = pool(0).open()) {
            single = callsPerSecond(pool, 1, Thread.ofPlatform().factory());
            two = callsPerSecond(pool, 2, Thread.ofPlatform().factory());
            many = callsPerSecond(pool, 256, Thread.ofVirtual().factory());
        }
        List<Double> watched = ofOneThread(pool(0, RpcPoolMeters.on(new SimpleMeterRegistry())));
        List<Double> pinned = ofOneThread(pool(1));
        List<Double> both = ofOneThread(pool(1, RpcPoolMeters.on(new SimpleMeterRegistry())));
        String table =
                "| in this process, no network | calls/s, median (min–max) | µs a call and thread |\n|---|---|---|\n"
                        + row("1 thread", single, 1)
                        + row("2 threads", two, 2)
                        + row(
                                "256 callers, virtual threads",
                                many,
                                Runtime.getRuntime().availableProcessors())
                        + row("1 thread, with a listener that feeds meters", watched, 1)
                        + row("1 thread, nodes of different heads: latest is pinned", pinned, 1)
                        + row("1 thread, both", both, 1);
        return new Figures(1e6 / median(single), Math.min(median(two), median(many)), table.stripTrailing());
    }

    /** Three nodes, of which one has so many blocks fewer than the others. */
    private static RpcPoolBuilder pool(int behind, RpcPoolListener... listeners) {
        RpcPoolBuilder settings = RpcPool.builder()
                .chain(1)
                .primary("http://a.invalid", "http://b.invalid", "http://c.invalid")
                .maxConnections(256);
        List.of(listeners).forEach(settings::listener);
        settings.transports = (any, headers) -> new AtOnce(behind);
        return settings;
    }

    private static List<Double> ofOneThread(RpcPoolBuilder settings) throws Exception {
        try (RpcPool pool = settings.open()) {
            return callsPerSecond(pool, 1, Thread.ofPlatform().factory());
        }
    }

    private static String row(String title, List<Double> rates, int threads) {
        return String.format(
                Locale.ROOT,
                "| %s | %,.0f (%,.0f–%,.0f) | %.2f |%n",
                title,
                median(rates),
                rates.getFirst(),
                rates.getLast(),
                threads * 1e6 / median(rates));
    }

    private static double median(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }

    private static List<Double> callsPerSecond(RpcPool pool, int callers, ThreadFactory threads) throws Exception {
        rate(pool, callers, threads, WARM_UP);
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < REPETITIONS; i++) {
            rates.add(rate(pool, callers, threads, MEASURED));
        }
        rates.sort(null);
        return List.copyOf(rates);
    }

    private static double rate(RpcPool pool, int callers, ThreadFactory threads, Duration time) throws Exception {
        AtomicLong addresses = new AtomicLong(); // each asked for once: no answer can be shared or remembered
        List<Callable<Long>> tasks = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            tasks.add(() -> {
                long calls = 0;
                do {
                    for (int n = 0; n < ASK_CLOCK_EVERY; n++) {
                        String address = ZEROS + HexFormat.of().toHexDigits(addresses.incrementAndGet());
                        if (pool.call("eth_getBalance", address, "latest").isNull()) {
                            throw new IllegalStateException("no answer");
                        }
                    }
                    calls += ASK_CLOCK_EVERY;
                } while (System.nanoTime() - start < time.toNanos());
                return calls;
            });
        }
        long sum = 0;
        try (ExecutorService executor = Executors.newThreadPerTaskExecutor(threads)) {
            for (Future<Long> calls : executor.invokeAll(tasks)) {
                sum += calls.get();
            }
        }
        return sum * 1e9 / (System.nanoTime() - start);
    }

    /** Nodes that answer at once. */
    private static final class AtOnce implements Transport {
        private static final StringNode ONE = StringNode.valueOf("0x1");
        private static final int HEAD = 0x1000;
        private static final StringNode ANSWER = StringNode.valueOf("0x21e19e0c9bab2400000");

        private final HttpClient client = HttpClient.newHttpClient();
        private final StringNode head = StringNode.valueOf("0x" + Integer.toHexString(HEAD));
        private final StringNode headOfA;

        AtOnce(int behind) {
            headOfA = StringNode.valueOf("0x" + Integer.toHexString(HEAD - behind));
        }

        @Override
        public CallOutcome call(String node, URI url, RpcCall call, Duration timeout, Cancellation cancellation) {
            StringNode answer = switch (call.method()) {
                case "eth_getBalance" -> ANSWER;
                case "eth_blockNumber" -> node.startsWith("a") ? headOfA : head;
                default -> ONE;
            };
            return new CallOutcome.Answered(RpcResult.of(answer, node, Duration.ZERO));
        }

        @Override
        public List<Optional<CallOutcome>> items(
                String node, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation) {
            throw new UnsupportedOperationException("no batches here");
        }

        @Override
        public HttpClient client() {
            return client;
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
