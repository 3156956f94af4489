package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A chain that grows by a block in every block time, and nodes that see it in their own ways, in virtual time: {@link #pass} does what is due.
 * Answers take no time. The pool's first look alone runs on other threads.
 */
final class SimulatedChain implements WithoutBatches, Timer {

    static final String GENESIS = "0x" + "a".repeat(64);
    static final String OTHER_GENESIS = "0x" + "b".repeat(64);
    static final long FIRST = 1_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    private final long began = clock.nanos();
    private final Duration blockTime;
    private final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparing(Task::order));
    private long planned;

    private record Task(long due, long order, Runnable action) {}

    /** What a node says. */
    static final class SimulatedNode {
        final Map<String, Integer> asked = new ConcurrentHashMap<>();
        LongSupplier head = () -> 0;
        LongSupplier finalized = () -> -1;
        long chain = 1;
        Function<RpcCall, Optional<JsonNode>> says = call -> Optional.empty(); // what goes before all below

        @Nullable String genesis = GENESIS; // null: it does not have it any more

        boolean syncs;
        long peers = -1;
        boolean isDown;
        Optional<ErrorClass> refusal = Optional.empty(); // of calls

        int asked(String method) {
            return asked.getOrDefault(method, 0);
        }
    }

    SimulatedChain(Duration blockTime) {
        this.blockTime = blockTime;
    }

    /** A node that has every block at once. */
    SimulatedNode node(String name) {
        SimulatedNode node = new SimulatedNode();
        node.head = this::head;
        nodes.put(name, node);
        return node;
    }

    Collection<SimulatedNode> nodes() {
        return nodes.values();
    }

    /** The newest block there is. */
    long head() {
        return FIRST + elapsed() / blockTime.toNanos();
    }

    /** The newest block there was a time ago. */
    long headBefore(Duration time) {
        return FIRST + (elapsed() - time.toNanos()) / blockTime.toNanos();
    }

    private long elapsed() {
        return clock.nanos() - began;
    }

    RpcPoolBuilder settings() {
        RpcPoolBuilder settings = RpcPool.builder().selection(SelectionStrategy.roundRobin());
        nodes.keySet().forEach(name -> settings.primary("http://" + name));
        settings.transports = (any, headers) -> this;
        settings.timer = () -> this;
        settings.clock = clock;
        settings.nanoTicker = clock.nanoTicker();
        return settings;
    }

    /** Lets time pass, and does what is due meanwhile. */
    void pass(Duration time) {
        long end = elapsed() + time.toNanos();
        while (!tasks.isEmpty() && tasks.peek().due <= end) {
            Task task = tasks.remove();
            clock.advance(Duration.ofNanos(Math.max(0, task.due - elapsed())));
            task.action.run();
        }
        clock.advance(Duration.ofNanos(end - elapsed()));
    }

    /** The state of a node. */
    static NodeStatus status(RpcPool pool, String name) {
        return pool.status().node(name).orElseThrow();
    }

    @Override
    public CallOutcome call(String name, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure {
        SimulatedNode node = nodes.get(name);
        node.asked.merge(call.method(), 1, Integer::sum);
        if (node.isDown) {
            throw new NodeFailure(NodeFailure.Kind.NOT_SENT, "cannot connect");
        }
        Optional<JsonNode> said = node.says.apply(call);
        if (said.isPresent()) {
            return new CallOutcome.Answered(RpcResult.of(said.get(), name, Duration.ZERO));
        }
        return switch (call.method()) {
            case "eth_chainId" -> answer(name, hex(node.chain));
            case "eth_blockNumber" -> answer(name, hex(node.head.getAsLong()));
            case "eth_syncing" -> answer(name, String.valueOf(node.syncs));
            case "net_peerCount" -> node.peers < 0 ? unsupported(name) : answer(name, hex(node.peers));
            case "eth_getBlockByNumber" ->
                block(name, node, String.valueOf(call.params().getFirst()));
            default -> {
                if (node.refusal.isPresent()) {
                    throw NodeFailure.unable(new CallOutcome.Rejected(-32000, "no", null, name, node.refusal.get()));
                }
                yield answer(name, "\"0x7\"");
            }
        };
    }

    private static CallOutcome block(String name, SimulatedNode node, String number) throws NodeFailure {
        if (number.equals("0x0")) {
            return answer(name, node.genesis == null ? "null" : "{\"hash\":\"" + node.genesis + "\"}");
        }
        return node.finalized.getAsLong() < 0
                ? unsupported(name)
                : answer(name, "{\"number\":" + hex(node.finalized.getAsLong()) + "}");
    }

    private static CallOutcome unsupported(String name) throws NodeFailure {
        throw NodeFailure.unable(
                new CallOutcome.Rejected(-32601, "not supported", null, name, ErrorClass.METHOD_UNSUPPORTED));
    }

    private static String hex(long number) {
        return "\"0x" + Long.toHexString(number) + "\"";
    }

    private static CallOutcome answer(String name, String json) {
        JsonNode tree = JSON.readTree(json);
        return new CallOutcome.Answered(RpcResult.of(tree, name, Duration.ZERO));
    }

    @Override
    public Runnable after(Duration time, Runnable task) {
        Task one = new Task(elapsed() + time.toNanos(), planned++, task);
        tasks.add(one);
        return () -> tasks.remove(one);
    }

    @Override
    public void sleep(long nanos) {
        pass(Duration.ofNanos(nanos));
    }

    @Override
    public void close() {
        tasks.clear();
    }
}
