package dev.tocsin.rpcpool;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The gauges of {@link RpcPoolMeters}: of each node as long as the pool has it, read from the pool when somebody looks. */
final class NodeMeters {

    private static final String CONNECTED = "heads.connected";

    private final MeterRegistry registry;
    private final String prefix;
    private final Tags tags;
    private final Map<String, List<Meter>> byNode = new ConcurrentHashMap<>();
    private final Map<String, AtomicBoolean> connected = new ConcurrentHashMap<>();
    private volatile @Nullable Looks pool;

    NodeMeters(MeterRegistry registry, String prefix, Tags tags) {
        this.registry = registry;
        this.prefix = prefix;
        this.tags = tags;
    }

    void watch(Supplier<PoolStatus> status) {
        pool = new Looks(status, registry.config().clock()::monotonicTime);
        status.get().nodes().forEach(node -> add(node.name()));
    }

    /** Looks at the pool; the gauges of one scrape share one. */
    private static final class Looks {
        private static final long SCRAPE_NANOS = Duration.ofMillis(100).toNanos();
        private final Supplier<PoolStatus> status;
        private final LongSupplier nanoTicker;
        private volatile @Nullable Look last;

        private record Look(PoolStatus seen, long at) {}

        Looks(Supplier<PoolStatus> status, LongSupplier nanoTicker) {
            this.status = status;
            this.nanoTicker = nanoTicker;
        }

        @Nullable NodeStatus node(String name) {
            long now = nanoTicker.getAsLong();
            Look look = last;
            if (look == null || now - look.at > SCRAPE_NANOS) {
                look = new Look(status.get(), now);
                last = look;
            }
            return named(name, look.seen);
        }

        boolean hasNow(String name) {
            return named(name, status.get()) != null;
        }

        private static @Nullable NodeStatus named(String name, PoolStatus pool) {
            for (NodeStatus node : pool.nodes()) {
                if (node.name().equals(name)) {
                    return node;
                }
            }
            return null;
        }
    }

    /** What was told before the chain was known, but for connections that were told of since. */
    void takeOver(NodeMeters before) {
        before.connected.forEach((node, is) -> addConnection(node, is));
        before.removeAll();
    }

    /** Adds a node's gauges, unless it has them, or the pool is not open yet. */
    void add(String node) {
        Looks from = pool;
        if (from != null && !byNode.containsKey(node) && from.hasNow(node)) {
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
        List.copyOf(connected.keySet()).forEach(this::removeConnection);
    }

    void connected(String node, boolean is) {
        AtomicBoolean known = addConnection(node, new AtomicBoolean(is));
        if (known != null) {
            known.set(is);
        }
    }

    /** What is known of it already, if anything. The gauge is added with its value, so that nobody sees another one. */
    private @Nullable AtomicBoolean addConnection(String node, AtomicBoolean is) {
        AtomicBoolean known = connected.putIfAbsent(node, is);
        if (known == null) {
            Gauge.builder(prefix + CONNECTED, is, now -> now.get() ? 1 : 0)
                    .tags(tags.and("node", node))
                    .register(registry);
        }
        return known;
    }

    void removeConnection(String node) {
        connected.remove(node);
        registry.find(prefix + CONNECTED).tags(tags.and("node", node)).gauges().forEach(registry::remove);
    }

    private List<Meter> gauges(Looks from, String name) {
        Tags its = tags.and("node", name);
        List<Meter> gauges = new ArrayList<>();
        gauges.add(gauge("node.healthy", its, from, name, node -> is(node.state() == NodeState.HEALTHY)));
        gauges.add(gauge("node.broken", its, from, name, node -> is(node.isBroken())));
        gauges.add(gauge("node.head", its, from, name, NodeMeters::head));
        gauges.add(gauge("node.in.flight", its, from, name, NodeStatus::inFlight));
        gauges.add(Gauge.builder(prefix + "node.latency", from, now -> value(now, name, NodeMeters::seconds))
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
                    node -> is(node.against().orElse(null) == reason)));
        }
        return gauges;
    }

    private Gauge gauge(String meter, Tags its, Looks from, String name, ToDoubleFunction<NodeStatus> value) {
        return Gauge.builder(prefix + meter, from, now -> value(now, name, value))
                .tags(its)
                .register(registry);
    }

    private static double value(Looks from, String name, ToDoubleFunction<NodeStatus> value) {
        NodeStatus node = from.node(name);
        return node == null ? Double.NaN : value.applyAsDouble(node);
    }

    private static double head(NodeStatus node) {
        return node.head().isPresent() ? node.head().getAsLong() : Double.NaN;
    }

    private static double seconds(NodeStatus node) {
        return node.latency().map(latency -> latency.toNanos() / 1e9).orElse(0.0);
    }

    private static double is(boolean state) {
        return state ? 1 : 0;
    }

    private static String low(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
