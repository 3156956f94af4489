package dev.tocsin.runner;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.stream.LogBatch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what the runner does, and passes every event on.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>kind</th><th>tags</th><th>meaning</th></tr>
 * <tr><td>tocsin.runner.blocks, .logs, .matches, .alerts, .withdrawn</td><td>counter</td><td></td><td>what became durable</td></tr>
 * <tr><td>tocsin.runner.deliveries</td><td>counter</td><td>gateway, outcome (accepted, retried, dead)</td><td>attempts ended</td></tr>
 * <tr><td>tocsin.runner.dead</td><td>counter</td><td>gateway, reason ({@link DeliveryOutcome#word()})</td><td>deliveries given up</td></tr>
 * <tr><td>tocsin.runner.delivery.latency</td><td>timer, seconds</td><td>gateway</td><td>from the first sight of a block to the acceptance</td></tr>
 * <tr><td>tocsin.runner.unrecorded</td><td>gauge, 1 or 0; from the first refusal on</td><td>gateway</td>
 *     <td>the state file refuses to record what the gateway answered; nothing is sent to it meanwhile</td></tr>
 * <tr><td>tocsin.runner.leading</td><td>gauge, 1 or 0</td><td></td><td>this instance works</td></tr>
 * </table>
 */
final class RunnerMeters implements RunnerListener {

    private final MeterRegistry registry;
    private final RunnerListener next;
    private final AtomicInteger leads = new AtomicInteger();
    private final Map<String, AtomicInteger> unrecorded = new ConcurrentHashMap<>(); // by gateway

    RunnerMeters(MeterRegistry registry, RunnerListener next) {
        this.registry = registry;
        this.next = next;
        Gauge.builder("tocsin.runner.leading", leads, AtomicInteger::get).register(registry);
    }

    @Override
    public void onBatch(LogBatch batch, Map<String, Integer> decoded, int matches, int alerts, int withdrawn) {
        registry.counter("tocsin.runner.blocks").increment(batch.blocks().size());
        registry.counter("tocsin.runner.logs").increment(batch.logs().size());
        registry.counter("tocsin.runner.matches").increment(matches);
        registry.counter("tocsin.runner.alerts").increment(alerts);
        registry.counter("tocsin.runner.withdrawn").increment(withdrawn);
        next.onBatch(batch, decoded, matches, alerts, withdrawn);
    }

    @Override
    public void onDelivered(String gateway, String key, Instant seenAt, Instant at) {
        ended(gateway, "accepted");
        Duration latency = Duration.between(seenAt, at);
        registry.timer("tocsin.runner.delivery.latency", "gateway", gateway)
                .record(latency.isNegative() ? Duration.ZERO : latency);
        next.onDelivered(gateway, key, seenAt, at);
    }

    @Override
    public void onRetry(String gateway, String key, String reason, Duration pause) {
        ended(gateway, "retried");
        next.onRetry(gateway, key, reason, pause);
    }

    @Override
    public void onDead(String gateway, String key, DeliveryOutcome outcome) {
        ended(gateway, "dead");
        registry.counter("tocsin.runner.dead", "gateway", gateway, "reason", outcome.word())
                .increment();
        next.onDead(gateway, key, outcome);
    }

    @Override
    public void onUnrecorded(String gateway, boolean waiting) {
        unrecorded.computeIfAbsent(gateway, this::unrecordedGauge).set(waiting ? 1 : 0);
        next.onUnrecorded(gateway, waiting);
    }

    @Override
    public void onFailover(String from, String to, String cause) {
        next.onFailover(from, to, cause);
    }

    @Override
    public void onNode(String node, NodeState before, NodeState after, String cause) {
        next.onNode(node, before, after, cause);
    }

    @Override
    public void onHeads(String node, boolean connected, String cause) {
        next.onHeads(node, connected, cause);
    }

    @Override
    public void onLeading(boolean leading) {
        leads.set(leading ? 1 : 0);
        next.onLeading(leading);
    }

    private AtomicInteger unrecordedGauge(String gateway) {
        AtomicInteger value = new AtomicInteger();
        Gauge.builder("tocsin.runner.unrecorded", value, AtomicInteger::get)
                .tag("gateway", gateway)
                .register(registry);
        return value;
    }

    private void ended(String gateway, String outcome) {
        registry.counter("tocsin.runner.deliveries", "gateway", gateway, "outcome", outcome)
                .increment();
    }
}
