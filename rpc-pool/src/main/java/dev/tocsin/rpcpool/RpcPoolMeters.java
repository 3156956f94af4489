package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Feeds a Micrometer registry from a pool.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>kind</th><th>tags</th><th>meaning</th></tr>
 * <tr><td>tocsin.rpcpool.call</td><td>timer, seconds</td><td>node, method, outcome (served, unserved)</td><td>attempts</td></tr>
 * <tr><td>tocsin.rpcpool.failovers</td><td>counter</td><td>from</td><td>calls that went on to another node</td></tr>
 * <tr><td>tocsin.rpcpool.hedges</td><td>counter</td><td>late</td><td>second requests, by the node that was late</td></tr>
 * <tr><td>tocsin.rpcpool.node.healthy</td><td>gauge, 1 or 0</td><td>node</td><td>the node's health</td></tr>
 * <tr><td>tocsin.rpcpool.heads.connected</td><td>gauge, 1 or 0</td><td>node</td><td>heads come from this WebSocket node</td></tr>
 * <tr><td>tocsin.rpcpool.send</td><td>timer, seconds</td><td>outcome (accepted, already_known, mined, replaced, rejected, unknown), class (of the
 * error, such as underpriced; none)</td><td>transactions sent</td></tr>
 * <tr><td>tocsin.rpcpool.send.contradictions</td><td>counter</td><td>node</td><td>transactions that this node called invalid while another
 * took them</td></tr>
 * </table>
 *
 * <p>Methods beyond the first 64 different ones are tagged {@code other}. Safe for use by many threads.
 */
public final class RpcPoolMeters implements RpcPoolListener {

    private static final int MOST_METHODS = 64;

    private final MeterRegistry registry;
    private final Map<String, String> methods = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> healthy = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> connected = new ConcurrentHashMap<>();

    private RpcPoolMeters(MeterRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    /**
     * Makes the listener.
     *
     * @param registry where the meters go
     * @return a listener for {@link RpcPoolBuilder#listener}
     */
    public static RpcPoolMeters on(MeterRegistry registry) {
        return new RpcPoolMeters(registry);
    }

    @Override
    public void onCall(String node, String method, Duration took, boolean answered) {
        registry.timer(
                        "tocsin.rpcpool.call",
                        "node",
                        node,
                        "method",
                        bounded(method),
                        "outcome",
                        answered ? "served" : "unserved")
                .record(took);
    }

    @Override
    public void onNodeState(String node, NodeState before, NodeState after, String cause) {
        gauge(healthy, "tocsin.rpcpool.node.healthy", node).set(after == NodeState.HEALTHY ? 1 : 0);
    }

    @Override
    public void onFailover(String method, String from, String to, String cause) {
        registry.counter("tocsin.rpcpool.failovers", "from", from).increment();
    }

    @Override
    public void onHedge(String method, String first, String second) {
        registry.counter("tocsin.rpcpool.hedges", "late", first).increment();
    }

    @Override
    public void onHeadSubscription(String node, boolean isConnected, String cause) {
        if (!node.isEmpty()) {
            gauge(connected, "tocsin.rpcpool.heads.connected", node).set(isConnected ? 1 : 0);
        }
    }

    @Override
    public void onSend(SendOutcome outcome, Duration took) {
        String name = switch (outcome) {
            case SendOutcome.Accepted accepted -> "accepted";
            case SendOutcome.AlreadyKnown known -> "already_known";
            case SendOutcome.Mined mined -> "mined";
            case SendOutcome.Replaced replaced -> "replaced";
            case SendOutcome.Rejected rejected -> "rejected";
            case SendOutcome.Unknown unknown -> "unknown";
        };
        String error = outcome instanceof SendOutcome.Rejected rejected
                ? rejected.errorClass().name().toLowerCase(Locale.ROOT)
                : "none";
        registry.timer("tocsin.rpcpool.send", "outcome", name, "class", error).record(took);
    }

    @Override
    public void onSendContradiction(SendOutcome.Rejected refusal) {
        registry.counter("tocsin.rpcpool.send.contradictions", "node", refusal.node())
                .increment();
    }

    private AtomicInteger gauge(Map<String, AtomicInteger> gauges, String name, String node) {
        return gauges.computeIfAbsent(node, key -> {
            AtomicInteger value = new AtomicInteger();
            Gauge.builder(name, value, AtomicInteger::get).tag("node", node).register(registry);
            return value;
        });
    }

    private String bounded(String method) {
        String known = methods.get(method);
        if (known != null) {
            return known;
        }
        return methods.size() >= MOST_METHODS ? "other" : methods.computeIfAbsent(method, key -> key);
    }
}
