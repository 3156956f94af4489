package dev.tocsin.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Feeds a Micrometer registry with what health checks find. Safe for use by many threads.
 *
 * <table>
 *   <caption>The meters</caption>
 *   <tr><th>meter</th><th>kind</th><th>unit</th><th>tags</th><th>meaning</th></tr>
 *   <tr><td>{@code tocsin.metrics.health.up}</td><td>gauge</td><td>1 or 0</td><td>component: its name</td><td>what the last
 *       check found; nothing is checked for the sake of the gauge</td></tr>
 *   <tr><td>{@code tocsin.metrics.health.checks}</td><td>timer</td><td>seconds</td><td>component; result: up, down</td>
 *       <td>checks that ended, and how long they took</td></tr>
 *   <tr><td>{@code tocsin.metrics.health.unanswered}</td><td>counter</td><td>checks</td><td>component</td>
 *       <td>checks that did not end within the deadline</td></tr>
 * </table>
 */
public final class HealthMeters implements HealthListener {
    private static final String COMPONENT = "component";

    private final MeterRegistry registry;
    private final Map<String, AtomicInteger> upByComponent = new ConcurrentHashMap<>();

    private HealthMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Meters on a registry.
     *
     * @param registry where to count
     * @return the listener to give to {@link Health.Builder#listener}
     */
    public static HealthMeters on(MeterRegistry registry) {
        return new HealthMeters(Objects.requireNonNull(registry, "registry"));
    }

    @Override
    public void onChecked(String component, HealthStatus status, Duration took) {
        set(component, status.isUp());
        registry.timer("tocsin.metrics.health.checks", COMPONENT, component, "result", status.isUp() ? "up" : "down")
                .record(took);
    }

    @Override
    public void onNoAnswer(String component, Duration deadline) {
        set(component, false);
        registry.counter("tocsin.metrics.health.unanswered", COMPONENT, component)
                .increment();
    }

    private void set(String component, boolean up) {
        upByComponent.computeIfAbsent(component, this::register).set(up ? 1 : 0);
    }

    private AtomicInteger register(String component) {
        AtomicInteger up = new AtomicInteger();
        Gauge.builder("tocsin.metrics.health.up", up, AtomicInteger::get)
                .tag(COMPONENT, component)
                .strongReference(true)
                .register(registry);
        return up;
    }
}
