package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.method.Methods;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Feeds a Micrometer registry from a pool. Needs {@code io.micrometer:micrometer-core}. One for each pool.
 *
 * <p>The catalogue; every meter has the tags {@code pool}, the name given here, and {@code chain}, the chain id ({@code unknown} until the
 * pool is open):
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>kind</th><th>more tags</th><th>meaning</th></tr>
 * <tr><td>{@code tocsin.rpcpool.call}</td><td>timer with histogram</td><td>method, outcome, class, by (nodes, pool)</td><td>calls as their
 *     callers see them, all attempts and waiting included; by pool if no node was asked for it: the answer was in memory, or that of another
 *     call under way, or no node could be asked</td></tr>
 * <tr><td>{@code tocsin.rpcpool.attempt}</td><td>timer with histogram</td><td>node, method, purpose (call, hedge, check), outcome, class</td>
 *     <td>attempts at one node; checks are those of the pool itself</td></tr>
 * <tr><td>{@code tocsin.rpcpool.unclassified}</td><td>counter</td><td>node</td><td>errors that the table of errors does not know</td></tr>
 * <tr><td>{@code tocsin.rpcpool.failovers}</td><td>counter</td><td>from</td><td>calls that went on to another node</td></tr>
 * <tr><td>{@code tocsin.rpcpool.hedges}</td><td>counter</td><td>late, outcome (won, lost)</td><td>calls for which a second node was asked,
 *     by the node that was late, and whether the second one's answer was taken</td></tr>
 * <tr><td>{@code tocsin.rpcpool.disputes}</td><td>counter</td><td>node</td><td>answers other than those on which enough nodes agreed</td></tr>
 * <tr><td>{@code tocsin.rpcpool.send}</td><td>timer</td><td>outcome (accepted, already_known, mined, replaced, rejected, unknown), class</td>
 *     <td>transactions sent</td></tr>
 * <tr><td>{@code tocsin.rpcpool.send.contradictions}</td><td>counter</td><td>node</td><td>transactions that this node called invalid while
 *     another took them</td></tr>
 * <tr><td>{@code tocsin.rpcpool.heads.connected}</td><td>gauge, 1 or 0</td><td>node</td><td>heads come from this WebSocket node</td></tr>
 * <tr><td>{@code tocsin.rpcpool.node.healthy}</td><td>gauge, 1 or 0</td><td>node</td><td>whether its state is healthy</td></tr>
 * <tr><td>{@code tocsin.rpcpool.node.state}</td><td>gauge, 1 or 0</td><td>node, state</td><td>1 for the state it is in: {@link NodeState}</td></tr>
 * <tr><td>{@code tocsin.rpcpool.node.excluded}</td><td>gauge, 1 or 0</td><td>node, reason</td><td>1 for the reason why it is not asked as long
 *     as there is a better one, whatever the call: {@link Exclusion}; 0 everywhere if there is none</td></tr>
 * <tr><td>{@code tocsin.rpcpool.node.broken}</td><td>gauge, 1 or 0</td><td>node</td><td>its breaker is open</td></tr>
 * <tr><td>{@code tocsin.rpcpool.node.head}</td><td>gauge</td><td>node</td><td>number of the newest block it has told of</td></tr>
 * <tr><td>{@code tocsin.rpcpool.node.in.flight}</td><td>gauge</td><td>node</td><td>attempts it is working on</td></tr>
 * <tr><td>{@code tocsin.rpcpool.node.latency}</td><td>gauge, seconds</td><td>node</td><td>what its answers take lately; the measure of
 *     {@link SelectionStrategy#fastest}</td></tr>
 * </table>
 *
 * <p>Method is the method's name if it is one of the about 230 that are known, {@code batch}, else {@code other}. Outcome, where it is not
 * listed, is that of {@link RpcPoolListener.Outcome}, class the {@link ErrorClass} of a refusal or failure or {@code none}, all in lower
 * case. Histograms have the buckets 5, 10, 25, 50, 100, 250, 500 ms, 1, 2.5, 5, 10 s. So there are only so many time series, whatever is
 * called. Safe for use by many threads.
 */
public final class RpcPoolMeters implements RpcPoolListener {

    private static final String PREFIX = "tocsin.rpcpool.";
    private static final String NONE = "none";
    private static final String BATCH = "batch";
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final String name;
    private volatile BoundMeters bound;

    private RpcPoolMeters(MeterRegistry registry, String name) {
        this.registry = requireNonNull(registry, "registry");
        this.name = requireNonNull(name, "name");
        this.bound = new BoundMeters(registry, Tags.of("pool", name, "chain", "unknown"));
    }

    /**
     * Makes the listener for a process with one pool, which is called {@code default}.
     *
     * @param registry where the meters go
     * @return a listener for {@link RpcPoolBuilder#listener}
     */
    public static RpcPoolMeters on(MeterRegistry registry) {
        return on(registry, "default");
    }

    /**
     * Makes the listener for one of several pools.
     *
     * @param registry where the meters go
     * @param name the pool's, for the tag {@code pool}; each pool has its own
     * @return a listener for {@link RpcPoolBuilder#listener}
     */
    public static RpcPoolMeters on(MeterRegistry registry, String name) {
        return new RpcPoolMeters(registry, name);
    }

    /** The meters of a pool once its chain is known, or until then. Timers are kept, since to look them up costs more than to record. */
    private static final class BoundMeters {
        private final Tags tags;
        private final NodeMeters nodes;
        private final Map<CallKey, Timer> calls = new ConcurrentHashMap<>();
        private final Map<AttemptKey, Timer> attempts = new ConcurrentHashMap<>();

        BoundMeters(MeterRegistry registry, Tags tags) {
            this.tags = tags;
            this.nodes = new NodeMeters(registry, PREFIX, tags);
        }
    }

    private record CallKey(String method, Outcome outcome, Optional<ErrorClass> error, boolean byNodes) {}

    private record AttemptKey(
            String node, String method, Purpose purpose, Outcome outcome, Optional<ErrorClass> error) {}

    @Override
    public void onOpen(Supplier<PoolStatus> status) {
        BoundMeters before = bound;
        String chain = Long.toString(status.get().chainId());
        BoundMeters opened = new BoundMeters(registry, Tags.of("pool", name, "chain", chain));
        opened.nodes.watch(status);
        bound = opened;
        opened.nodes.takeOver(before.nodes);
    }

    /** Removes the gauges of nodes, which nobody sets any more. */
    @Override
    public void onClose() {
        bound.nodes.removeAll();
    }

    @Override
    public void onCall(Call call) {
        BoundMeters to = bound;
        CallKey key = new CallKey(label(call.method()), call.outcome(), call.error(), call.attempts() > 0);
        Timer timer = to.calls.get(key);
        (timer == null ? to.calls.computeIfAbsent(key, any -> timer(to, any)) : timer).record(call.took());
    }

    private Timer timer(BoundMeters to, CallKey key) {
        Tags tags = to.tags
                .and("method", key.method, "by", key.byNodes ? "nodes" : "pool")
                .and("outcome", low(key.outcome), "class", low(key.error));
        return timer("call", "Calls as their callers see them", tags);
    }

    @Override
    public void onAttempt(Attempt attempt) {
        BoundMeters to = bound;
        AttemptKey key = new AttemptKey(
                attempt.node(), label(attempt.method()), attempt.purpose(), attempt.outcome(), attempt.error());
        Timer timer = to.attempts.get(key);
        (timer == null ? to.attempts.computeIfAbsent(key, any -> timer(to, any)) : timer).record(attempt.took());
    }

    private Timer timer(BoundMeters to, AttemptKey key) {
        Tags tags = to.tags
                .and("node", key.node, "method", key.method)
                .and("purpose", low(key.purpose), "outcome", low(key.outcome), "class", low(key.error));
        return timer("attempt", "Attempts at one node", tags);
    }

    private Timer timer(String meter, String description, Tags tags) {
        return Timer.builder(PREFIX + meter)
                .description(description)
                .serviceLevelObjectives(BUCKETS)
                .tags(tags)
                .register(registry);
    }

    @Override
    public void onUnclassified(String node, String method, int code, String message) {
        count("unclassified", Tag.of("node", node));
    }

    @Override
    public void onNodeState(String node, NodeState before, NodeState after, String cause) {
        bound.nodes.add(node);
    }

    /** Its timers and counters stay, as Prometheus wants it; there are as many as nodes were ever added. */
    @Override
    public void onNodeRemoved(String node) {
        bound.nodes.remove(node);
        bound.attempts.keySet().removeIf(key -> key.node.equals(node));
    }

    @Override
    public void onFailover(String method, String from, String to, String cause) {
        count("failovers", Tag.of("from", from));
    }

    @Override
    public void onHedgeEnd(String method, String first, String second, boolean won) {
        count("hedges", Tag.of("late", first), Tag.of("outcome", won ? "won" : "lost"));
    }

    @Override
    public void onDispute(String node, String method, boolean quarantined) {
        count("disputes", Tag.of("node", node));
    }

    @Override
    public void onHeadSubscription(String node, boolean isConnected, String cause) {
        if (!node.isEmpty()) {
            BoundMeters to = bound;
            to.nodes.connected(node, isConnected);
            BoundMeters now = bound;
            if (now != to) { // opened meanwhile, perhaps without having seen this
                now.nodes.connected(node, isConnected);
                to.nodes.removeConnection(node);
            }
        }
    }

    @Override
    public void onSend(SendOutcome outcome, Duration took) {
        String word = switch (outcome) {
            case SendOutcome.Accepted accepted -> "accepted";
            case SendOutcome.AlreadyKnown known -> "already_known";
            case SendOutcome.Mined mined -> "mined";
            case SendOutcome.Replaced replaced -> "replaced";
            case SendOutcome.Rejected rejected -> "rejected";
            case SendOutcome.Unknown unknown -> "unknown";
        };
        String error = outcome instanceof SendOutcome.Rejected rejected ? low(rejected.errorClass()) : NONE;
        registry.timer(PREFIX + "send", bound.tags.and("outcome", word, "class", error))
                .record(took);
    }

    @Override
    public void onSendContradiction(SendOutcome.Rejected refusal) {
        count("send.contradictions", Tag.of("node", refusal.node()));
    }

    private void count(String meter, Tag... tags) {
        registry.counter(PREFIX + meter, bound.tags.and(tags)).increment();
    }

    /** One of so many. */
    private static String label(String method) {
        return method.equals(BATCH) ? BATCH : Methods.of(method).label();
    }

    private static String low(Optional<ErrorClass> error) {
        return error.isPresent() ? low(error.get()) : NONE;
    }

    private static String low(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
