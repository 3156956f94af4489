package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Function;
import tools.jackson.databind.node.StringNode;

/**
 * Nodes without a network, and the pool's timer, in virtual time: one caller's thread does everything, so a seed decides all. A second
 * request runs inside the first one's waiting; whichever would be done first ends both. What is done at once in the background
 * takes place in a time of its own, which is forgotten afterwards.
 */
final class SimulatedNodes implements WithoutBatches, Timer {

    private final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    private final Random random;
    private final Map<String, Function<Random, Duration>> latencies = new HashMap<>();
    private final Map<String, Integer> asked = new HashMap<>();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparingLong((Task task) -> task.due).thenComparing(task -> task.order));
    private long planned;
    private long elapsed;
    private long outerEnd = Long.MAX_VALUE;
    private boolean inBackground;

    private record Task(long due, long order, Runnable action) {}

    SimulatedNodes(long seed) {
        random = new Random(seed);
    }

    /** Sets how long a node takes to answer. */
    SimulatedNodes node(String name, Function<Random, Duration> latency) {
        latencies.put(name, latency);
        return this;
    }

    /** Anything between two times. */
    static Function<Random, Duration> between(int fromMillis, int toMillis) {
        return random -> Duration.ofNanos(
                fromMillis * 1_000_000L + (long) (random.nextDouble() * (toMillis - fromMillis) * 1_000_000L));
    }

    /** As another, but now and then much longer. */
    static Function<Random, Duration> stalling(double share, Duration stall, Function<Random, Duration> usually) {
        return random -> random.nextDouble() < share ? stall : usually.apply(random);
    }

    /** A pool of these nodes, all of them primaries. */
    RpcPool open() throws InterruptedException {
        RpcPoolBuilder settings = RpcPool.builder().chain(1).healthCheckEvery(Duration.ofHours(1));
        latencies.keySet().stream().sorted().forEach(name -> settings.primary("http://" + name));
        return open(settings);
    }

    RpcPool open(RpcPoolBuilder settings) throws InterruptedException {
        settings.transports = (any, headers) -> this;
        settings.timer = () -> this;
        settings.clock = clock;
        settings.nanoTicker = () -> elapsed;
        settings.random = random::nextLong;
        return settings.open();
    }

    /** How long calls took, in milliseconds, in rising order. */
    List<Double> run(RpcPool pool, int calls) throws InterruptedException {
        List<Double> took = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            long began = elapsed;
            pool.call("eth_x");
            took.add((elapsed - began) / 1e6);
        }
        took.sort(null);
        return took;
    }

    /** Since the beginning. */
    long now() {
        return elapsed;
    }

    /** How many calls, checks aside, came to a node since this was last asked. */
    int asked(String name) {
        Integer count = asked.remove(name);
        return count == null ? 0 : count;
    }

    int asked() {
        int all = asked.values().stream().mapToInt(Integer::intValue).sum();
        asked.clear();
        return all;
    }

    @Override
    public CallOutcome call(String name, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure {
        switch (call.method()) {
            case "eth_chainId",
                    "eth_blockNumber",
                    "eth_syncing",
                    "eth_getBlockByNumber",
                    "net_peerCount",
                    "web3_clientVersion" -> {
                return answer("0x1", name);
            }
            default -> asked.merge(name, 1, Integer::sum);
        }
        Duration latency = latencies.get(name).apply(random);
        boolean late = latency.compareTo(timeout) > 0;
        pass(elapsed + (late ? timeout : latency).toNanos(), cancellation);
        if (late) {
            throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no answer");
        }
        return answer("0x7", name);
    }

    private static CallOutcome answer(String text, String name) {
        return new CallOutcome.Answered(RpcResult.of(StringNode.valueOf(text), name, Duration.ZERO));
    }

    /** Lets time pass, and does what is due meanwhile. */
    private void pass(long end, Cancellation cancellation) throws NodeFailure {
        if (inBackground) {
            elapsed = end;
            return;
        }
        long outer = outerEnd;
        boolean first = outer == Long.MAX_VALUE;
        outerEnd = Math.min(outer, end);
        boolean[] left = {false};
        cancellation.onLeave(() -> left[0] = true);
        try {
            while (!tasks.isEmpty() && tasks.peek().due < outerEnd) {
                Task task = tasks.remove();
                moveTo(task.due);
                task.action.run();
                if (left[0]) {
                    runOn(end, cancellation);
                }
                if (left[0] || cancellation.isCancelled()) {
                    throw NodeFailure.givenUp();
                }
            }
            moveTo(outerEnd);
            if (!first && outer <= end) {
                throw NodeFailure.givenUp(); // the first one is done before
            }
        } finally {
            outerEnd = outer;
        }
    }

    private void runOn(long end, Cancellation cancellation) {
        Task ends = new Task(end, planned++, cancellation::ended);
        tasks.add(ends);
        cancellation.onCancel(() -> {
            tasks.remove(ends);
            cancellation.ended();
        });
    }

    private void aside(Runnable task) {
        long before = elapsed;
        inBackground = true;
        task.run();
        inBackground = false;
        elapsed = before;
    }

    private void moveTo(long time) {
        if (time > elapsed) {
            clock.advance(Duration.ofNanos(time - elapsed));
            elapsed = time;
        }
    }

    @Override
    public Runnable after(Duration time, Runnable task) {
        Task one = new Task(elapsed + time.toNanos(), planned++, time.isZero() ? () -> aside(task) : task);
        tasks.add(one);
        return () -> tasks.remove(one);
    }

    @Override
    public void close() {}
}
