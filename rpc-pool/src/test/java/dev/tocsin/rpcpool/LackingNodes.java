package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.CoolDown;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.StringNode;

/** Nodes that lack methods or data, and a chain that grows; in virtual time, by one thread, so that a seed decides all. */
final class LackingNodes implements Transport, Timer {

    static final Duration BLOCK = Duration.ofSeconds(12);
    private static final long FIRST_HEAD = 1_000_000;

    final List<String> asked = new ArrayList<>(); // node and method
    final RpcPoolBuilder settings = RpcPool.builder().hedges(0).attempts(3);
    private final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    private final Random random;
    private final Map<String, Lack> nodes = new LinkedHashMap<>();
    private final Map<String, UnaryOperator<NodeSettings>> given = new HashMap<>();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(task -> task.due));
    private boolean keepsTime; // else what is planned is never done
    private RpcPool pool;
    private long now = Long.MAX_VALUE - Duration.ofHours(1).toNanos(); // overflows soon
    private final long began = now;

    private record Task(long due, Runnable action) {}

    /** From now on what is planned for later is done, as time passes. */
    void keepTime() {
        keepsTime = true;
    }

    /** What a node refuses. */
    @FunctionalInterface
    interface Lack {
        /** Null if it serves the call; with the chain's head. */
        ErrorClass of(RpcCall call, long head);
    }

    LackingNodes(long seed) {
        random = new Random(seed);
    }

    /** Adds a node, or makes it another. */
    LackingNodes node(String name, Lack lack) {
        if (nodes.put(name, lack) == null) {
            settings.primary(
                    given.getOrDefault(name, UnaryOperator.identity()).apply(NodeSettings.of("http://" + name)));
        }
        return this;
    }

    /** Sets something of a node that is yet to be added. */
    LackingNodes set(String name, UnaryOperator<NodeSettings> setting) {
        given.put(name, setting);
        return this;
    }

    /** Serves everything. */
    static Lack nothing() {
        return (call, head) -> null;
    }

    static Lack method(String method, ErrorClass error) {
        return (call, head) -> call.method().equals(method) ? error : null;
    }

    /** Keeps the newest states, the second parameter being the block. */
    static Lack deeperThan(long kept) {
        return (call, head) -> head - block(call, head) > kept ? ErrorClass.MISSING_DATA : null;
    }

    /** Keeps what came after a block. */
    static Lack before(long first) {
        return (call, head) -> block(call, head) < first ? ErrorClass.MISSING_DATA : null;
    }

    /** Is behind. */
    static Lack newerThan(long head) {
        return (call, chain) -> block(call, head) > head ? ErrorClass.FUTURE_BLOCK : null;
    }

    static long block(RpcCall call, long head) {
        return call.params().size() == 2 && call.params().get(1) instanceof String text && text.startsWith("0x")
                ? Long.decode(text)
                : head;
    }

    RpcPool open() throws InterruptedException {
        settings.chain(1).healthCheckEvery(Duration.ofHours(1)).retryDelay(Duration.ZERO);
        settings.transports = (any, headers) -> this;
        settings.timer = () -> this;
        settings.clock = clock;
        settings.nanoTicker = () -> now;
        settings.random = random::nextLong;
        pool = settings.open();
        tellHeads();
        return pool;
    }

    long head() {
        return FIRST_HEAD + (now - began) / BLOCK.toNanos();
    }

    void pass(Duration time) {
        long end = elapsed() + time.toNanos();
        while (!tasks.isEmpty() && tasks.peek().due <= end) {
            Task task = tasks.remove();
            moveTo(task.due);
            task.action.run();
        }
        moveTo(end);
    }

    private long elapsed() {
        return now - began;
    }

    private void moveTo(long time) {
        long before = head();
        now = began + Math.max(elapsed(), time);
        if (head() != before && pool != null) {
            tellHeads();
        }
    }

    /** How much is planned for later. */
    int planned() {
        return tasks.size();
    }

    /** A node has said that it wants to be left alone. */
    void coolDown(String name, Duration time) {
        pool.nodes.all().stream()
                .filter(node -> node.name().equals(name))
                .forEach(node -> node.coolDown(new CoolDown(time, time), now));
    }

    /** What the pool's checks would find. */
    private void tellHeads() {
        pool.nodes.all().forEach(node -> tellHead(node, head()));
    }

    void tellHead(Node node, long head) {
        pool.view.learned(node, head);
    }

    /** Asks for a balance so many blocks below the head. */
    String balance(RpcPool pool, long depth) throws InterruptedException {
        return pool.call("eth_getBalance", "0x1", "0x" + Long.toHexString(head() - depth))
                .node();
    }

    /** How many attempts there were at a node since this was last asked. */
    int asked(String name) {
        int count = (int) asked.stream().filter(one -> one.startsWith(name)).count();
        asked.removeIf(one -> one.startsWith(name));
        return count;
    }

    @Override
    public CallOutcome call(String name, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure {
        if (call.method().equals("eth_blockNumber")) {
            return answer(name, "0x" + Long.toHexString(head()));
        }
        if (pool == null || call.method().equals("eth_chainId")) {
            return answer(name, "0x1"); // the checks of a pool that opens, on threads of their own
        }
        asked.add(name + " " + call.method());
        CallOutcome outcome = outcome(name, call);
        if (outcome instanceof CallOutcome.Rejected rejected && !NodeFailure.callIsAtFault(rejected.errorClass())) {
            throw NodeFailure.unable(rejected);
        }
        return outcome;
    }

    @Override
    public List<Optional<CallOutcome>> items(
            String name, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation) {
        asked.add(name + " batch");
        return calls.stream().map(call -> Optional.of(outcome(name, call))).toList();
    }

    private CallOutcome outcome(String name, RpcCall call) {
        ErrorClass lacks = nodes.get(name).of(call, head());
        return lacks == null
                ? answer(name, "0x7")
                : new CallOutcome.Rejected(-32000, "not supported, says " + lacks, null, name, lacks);
    }

    private static CallOutcome answer(String name, String text) {
        return new CallOutcome.Answered(RpcResult.of(StringNode.valueOf(text), name, Duration.ZERO));
    }

    @Override
    public Runnable after(Duration time, Runnable task) {
        if (!keepsTime) {
            return () -> {};
        }
        Task one = new Task(elapsed() + time.toNanos(), task);
        tasks.add(one);
        return () -> tasks.remove(one);
    }

    @Override
    public void sleep(long nanos) {
        pass(Duration.ofNanos(nanos));
    }

    @Override
    public HttpClient client() {
        return HttpClient.newHttpClient();
    }

    @Override
    public void close() {
        tasks.clear();
    }
}
