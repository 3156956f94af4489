package dev.tocsin.notification;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Feeds what gateways do into a Micrometer registry. Needs {@code micrometer-core} in the POM of whoever uses it.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><th>meter</th><th>kind, unit</th><th>tags</th><th>meaning</th></tr>
 * <tr><td>{@code tocsin.notification.send}</td><td>timer, seconds</td><td>{@code gateway}, {@code outcome}</td><td>attempts and how long each took; outcome is {@link DeliveryOutcome#word()}</td></tr>
 * <tr><td>{@code tocsin.notification.up}</td><td>gauge, 0 or 1</td><td>{@code gateway}</td><td>what the last health check found; appears with the first check</td></tr>
 * </table>
 *
 * <p>Tags are bounded by the number of gateways. Safe for use by many threads.
 */
public final class GatewayMeters implements GatewayListener {
    private final MeterRegistry registry;
    private final ConcurrentMap<String, AtomicInteger> upByGateway =
            new ConcurrentHashMap<>(); // bound: one per gateway

    private GatewayMeters(MeterRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    /**
     * Meters in a registry.
     *
     * @param registry where they go
     * @return the listener that feeds them; one can serve all gateways
     */
    public static GatewayMeters on(MeterRegistry registry) {
        return new GatewayMeters(registry);
    }

    @Override
    public void onSend(String gateway, Message message, DeliveryOutcome outcome, Duration took) {
        Timer.builder("tocsin.notification.send")
                .description("Attempts to deliver a message")
                .tag("gateway", gateway)
                .tag("outcome", outcome.word())
                .register(registry)
                .record(took);
    }

    @Override
    public void onCheck(String gateway, GatewayHealth health) {
        upByGateway.computeIfAbsent(gateway, this::register).set(health instanceof GatewayHealth.Up ? 1 : 0);
    }

    private AtomicInteger register(String gateway) {
        AtomicInteger up = new AtomicInteger();
        Gauge.builder("tocsin.notification.up", up, AtomicInteger::get)
                .description("Whether the gateway's last health check succeeded")
                .tag("gateway", gateway)
                .strongReference(true)
                .register(registry);
        return up;
    }
}
