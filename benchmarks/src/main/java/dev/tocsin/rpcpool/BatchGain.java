package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.StringNode;

/**
 * The same load with each call by itself and with up to 20 in a request, in turns: many callers that pause after each call, and one node in
 * this process that takes 20 to 30 ms for a request, however many calls are in it.
 *
 * @param fewer how many times fewer requests there are
 * @param p50 the median time of a call, as a multiple of that of a call alone
 * @param table for people
 */
public record BatchGain(double fewer, double p50, String table) {

    private static final int MOST = 20;
    private static final int CALLERS = 1_000;
    private static final int CALLS = 20;
    private static final int ROUNDS = 4;
    private static final Duration PAUSE = Duration.ofMillis(150);
    private static final String ZEROS = "0x" + "0".repeat(24);

    private record Run(List<Double> millis, long requests) {}

    /**
     * Measures.
     *
     * @return the figures
     * @throws Exception if a call fails
     */
    public static BatchGain measure() throws Exception {
        Late node = new Late();
        List<Run> alone = new ArrayList<>();
        List<Run> together = new ArrayList<>();
        try (RpcPool single = pool(node, 1);
                RpcPool batched = pool(node, MOST)) {
            run(single, node);
            run(batched, node);
            for (int i = 0; i < ROUNDS; i++) {
                alone.add(run(single, node));
                together.add(run(batched, node));
            }
        }
        double fewer = (double) requests(alone) / requests(together);
        double ratio = median(together) / median(alone);
        String table = String.format(
                Locale.ROOT,
                "| %,d callers, a node that takes 20 to 30 ms, in this process | p50 / p99 ms | requests for %,d calls |%n|---|---|---|%n"
                        + "| each call alone | %s |%n| autoBatch(%d) | %s |%n%nRequests ÷ %.1f, p50 × %.2f.",
                CALLERS,
                ROUNDS * CALLERS * CALLS,
                cells(alone),
                MOST,
                cells(together),
                fewer,
                ratio);
        return new BatchGain(fewer, ratio, table);
    }

    private static RpcPool pool(Late node, int most) throws InterruptedException {
        RpcPoolBuilder settings = RpcPool.builder()
                .chain(1)
                .primary("http://a.invalid")
                .autoBatch(most)
                .maxConnections(10_000);
        settings.transports = (any, headers) -> node;
        return settings.open();
    }

    private static Run run(RpcPool pool, Late node) throws Exception {
        List<Callable<List<Double>>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            String caller = ZEROS + HexFormat.of().toHexDigits(i);
            long first = PAUSE.toNanos() / CALLERS * i;
            callers.add(() -> {
                List<Double> millis = new ArrayList<>();
                TimeUnit.NANOSECONDS.sleep(first);
                for (int n = 0; n < CALLS; n++) {
                    String address = caller + HexFormat.of().toHexDigits(n); // each asked for once at a time
                    long began = System.nanoTime();
                    pool.call("eth_getBalance", address, "latest");
                    millis.add((System.nanoTime() - began) / 1e6);
                    TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
                }
                return millis;
            });
        }
        long before = node.requests.get();
        List<Double> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Double>> millis : threads.invokeAll(callers)) {
                all.addAll(millis.get());
            }
        }
        return new Run(List.copyOf(all), node.requests.get() - before);
    }

    private static long requests(List<Run> runs) {
        return runs.stream().mapToLong(Run::requests).sum();
    }

    private static List<Double> sorted(List<Run> runs) {
        return runs.stream()
                .map(Run::millis)
                .flatMap(Collection::stream)
                .sorted()
                .toList();
    }

    private static double median(List<Run> runs) {
        List<Double> sorted = sorted(runs);
        return sorted.get(sorted.size() / 2);
    }

    private static String cells(List<Run> runs) {
        List<Double> sorted = sorted(runs);
        return String.format(
                Locale.ROOT, "%.1f / %.1f | %,d", median(runs), sorted.get(sorted.size() * 99 / 100), requests(runs));
    }

    /** A node that takes its time. */
    private static final class Late implements Transport {
        private final HttpClient client = HttpClient.newHttpClient();
        private final AtomicLong requests = new AtomicLong();

        private CallOutcome answer(String node) {
            return new CallOutcome.Answered(RpcResult.of(StringNode.valueOf("0x1"), node, Duration.ZERO));
        }

        private void wait(RpcCall call) throws InterruptedException {
            if (call.method().equals("eth_getBalance")) { // else a check
                requests.incrementAndGet();
                TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(20_000, 30_000));
            }
        }

        @Override
        public CallOutcome call(String node, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
                throws InterruptedException {
            wait(call);
            return answer(node);
        }

        @Override
        public List<Optional<CallOutcome>> items(
                String node, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation)
                throws InterruptedException {
            wait(calls.getFirst());
            return calls.stream().map(call -> Optional.of(answer(node))).toList();
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
