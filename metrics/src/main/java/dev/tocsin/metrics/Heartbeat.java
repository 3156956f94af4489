package dev.tocsin.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How long ago a loop last went round. The loop calls {@link #beat}; a gauge and a health check read the age. Until the first beat, the age
 * counts from the creation. Safe for use by many threads; never blocks.
 *
 * <p>The meter: {@code tocsin.metrics.heartbeat.age}, a gauge in seconds, tagged with {@code component}.
 */
public final class Heartbeat {
    private final LongSupplier nanoTicker;
    private final AtomicLong lastNanos;

    private Heartbeat(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
        this.lastNanos = new AtomicLong(nanoTicker.getAsLong());
    }

    /**
     * A heartbeat on the monotonic clock of the system.
     *
     * @return the heartbeat, of age zero
     */
    public static Heartbeat create() {
        return new Heartbeat(System::nanoTime);
    }

    /**
     * A heartbeat on a clock of the caller's.
     *
     * @param nanoTicker a monotonic clock in nanoseconds
     * @return the heartbeat, of age zero
     */
    public static Heartbeat create(LongSupplier nanoTicker) {
        return new Heartbeat(Objects.requireNonNull(nanoTicker, "nanoTicker"));
    }

    /** The loop went round: the age is zero again. */
    public void beat() {
        lastNanos.set(nanoTicker.getAsLong());
    }

    /**
     * How long ago the last beat was.
     *
     * @return the age, zero or more
     */
    public Duration age() {
        return Duration.ofNanos(Math.max(0, nanoTicker.getAsLong() - lastNanos.get()));
    }

    /**
     * A check that is down when the last beat is too long ago.
     *
     * @param limit the greatest age that is well; more than zero
     * @return the check, which never blocks
     * @throws IllegalArgumentException if the limit is not more than zero
     */
    public HealthCheck within(Duration limit) {
        Objects.requireNonNull(limit, "limit");
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("limit must be more than zero, was " + limit);
        }
        return () -> {
            Duration age = age();
            return age.compareTo(limit) <= 0
                    ? HealthStatus.up()
                    : HealthStatus.down("no beat for " + age.truncatedTo(ChronoUnit.MILLIS));
        };
    }

    /**
     * Shows the age as a gauge. The registry keeps this heartbeat reachable.
     *
     * @param registry where to show it
     * @param component the value of the tag
     * @return this
     */
    public Heartbeat bindTo(MeterRegistry registry, String component) {
        TimeGauge.builder(
                        "tocsin.metrics.heartbeat.age",
                        this,
                        TimeUnit.NANOSECONDS,
                        beat -> beat.age().toNanos())
                .tag("component", component)
                .strongReference(true)
                .register(registry);
        return this;
    }
}
