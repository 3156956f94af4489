package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.node.Node;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The gauges of {@link RpcPoolMeters}: of each node as long as the pool has it, read from the pool when somebody looks. */
final class NodeMeters {

    private final MeterRegistry registry;
    private final String prefix;
    private final Tags tags;
    private final Map<String, List<Meter>> byNode = new ConcurrentHashMap<>();
    private final Map<String, AtomicBoolean> connected = new ConcurrentHashMap<>();
    private volatile @Nullable RpcPool pool;

    NodeMeters(MeterRegistry registry, String prefix, Tags tags) {
        this.registry = registry;
        this.prefix = prefix;
        this.tags = tags;
    }

    void watch(RpcPool opened) {
        pool = opened;
        opened.status().nodes().forEach(node -> add(node.name()));
    }

    /** What was told before the chain was known. */
    void takeOver(NodeMeters before) {
        before.connected.forEach((node, is) -> connected(node, is.get()));
        before.removeAll();
    }

    /** Adds a node's gauges, unless it has them, or the pool is not open yet. */
    void add(String node) {
        RpcPool from = pool;
        if (from != null && from.node(node) != null) {
            byNode.computeIfAbsent(node, name -> gauges(from, name));
        }
    }

    void remove(String node) {
        List<Meter> gauges = byNode.remove(node);
        if (gauges != null) {
            gauges.forEach(registry::remove);
        }
    }

    /** For good: what is told afterwards adds nothing. */
    void removeAll() {
        pool = null;
        List.copyOf(byNode.keySet()).forEach(this::remove);
        connected
                .keySet()
                .forEach(node -> registry.find(prefix + "heads.connected")
                        .tags(tags.and("node", node))
                        .gauges()
                        .forEach(registry::remove));
        connected.clear();
    }

    void connected(String node, boolean is) {
        connected
                .computeIfAbsent(node, name -> {
                    AtomicBoolean value = new AtomicBoolean();
                    Gauge.builder(prefix + "heads.connected", value, now -> now.get() ? 1 : 0)
                            .tags(tags.and("node", name))
                            .register(registry);
                    return value;
                })
                .set(is);
    }

    private List<Meter> gauges(RpcPool from, String name) {
        Tags its = tags.and("node", name);
        List<Meter> gauges = new ArrayList<>();
        gauges.add(gauge("node.healthy", its, from, name, node -> is(node.state() == NodeState.HEALTHY)));
        gauges.add(
                gauge("node.broken", its, from, name, node -> is(node.status(-1).isBroken())));
        gauges.add(gauge("node.head", its, from, name, node -> node.headOr(-1) < 0 ? Double.NaN : node.headOr(-1)));
        gauges.add(gauge("node.in.flight", its, from, name, Node::inFlight));
        gauges.add(Gauge.builder(prefix + "node.latency", from, now -> value(now, name, Node::latencyMillis) / 1000)
                .tags(its)
                .baseUnit("seconds")
                .register(registry));
        for (NodeState state : NodeState.values()) {
            gauges.add(
                    gauge("node.state", its.and("state", low(state)), from, name, node -> is(node.state() == state)));
        }
        for (Exclusion reason : Exclusion.values()) {
            gauges.add(gauge(
                    "node.excluded",
                    its.and("reason", low(reason)),
                    from,
                    name,
                    node -> is(from.against(node) == reason)));
        }
        return gauges;
    }

    private Gauge gauge(String meter, Tags its, RpcPool from, String name, ToDoubleFunction<Node> value) {
        return Gauge.builder(prefix + meter, from, now -> value(now, name, value))
                .tags(its)
                .register(registry);
    }

    private static double value(RpcPool from, String name, ToDoubleFunction<Node> value) {
        Node node = from.node(name);
        return node == null ? Double.NaN : value.applyAsDouble(node);
    }

    private static double is(boolean state) {
        return state ? 1 : 0;
    }

    private static String low(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
