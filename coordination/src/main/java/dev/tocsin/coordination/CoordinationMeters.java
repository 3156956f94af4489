package dev.tocsin.coordination;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Feeds a Micrometer registry. Names of leases are no tags, for there may be many; names of elections are.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>kind</th><th>tags</th><th>meaning</th></tr>
 * <tr><td>tocsin.coordination.acquire.wait</td><td>timer, seconds</td><td></td><td>from the first attempt to the grant</td></tr>
 * <tr><td>tocsin.coordination.acquire.refused</td><td>counter</td><td></td><td>attempts refused because another holds it</td></tr>
 * <tr><td>tocsin.coordination.acquire.failed</td><td>counter</td><td></td><td>attempts that the store did not answer</td></tr>
 * <tr><td>tocsin.coordination.renewal</td><td>timer, seconds</td><td></td><td>from the request to the answer</td></tr>
 * <tr><td>tocsin.coordination.renewal.failed</td><td>counter</td><td></td><td>renewals that the store did not answer</td></tr>
 * <tr><td>tocsin.coordination.leases.held</td><td>gauge</td><td></td><td>leases held now, those of leaders among them</td></tr>
 * <tr><td>tocsin.coordination.leases.ended</td><td>counter</td><td>reason</td><td>leases that ended</td></tr>
 * <tr><td>tocsin.coordination.leader</td><td>gauge</td><td>election</td><td>candidates of this instance that lead: 1 or 0</td></tr>
 * <tr><td>tocsin.coordination.term</td><td>gauge</td><td>election</td><td>the latest term of this instance</td></tr>
 * <tr><td>tocsin.coordination.callback.failed</td><td>counter</td><td>election</td><td>callbacks that threw or did not end</td></tr>
 * </table>
 */
public final class CoordinationMeters implements CoordinationListener {
    private static final String PREFIX = "tocsin.coordination.";

    private final MeterRegistry registry;
    private final Timer acquireWait;
    private final Counter acquireRefused;
    private final Counter acquireFailed;
    private final Timer renewal;
    private final Counter renewalFailed;
    private final AtomicLong held = new AtomicLong();
    private final Map<String, AtomicLong> leaders = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> terms = new ConcurrentHashMap<>();

    private CoordinationMeters(MeterRegistry registry) {
        this.registry = registry;
        this.acquireWait = registry.timer(PREFIX + "acquire.wait");
        this.acquireRefused = registry.counter(PREFIX + "acquire.refused");
        this.acquireFailed = registry.counter(PREFIX + "acquire.failed");
        this.renewal = registry.timer(PREFIX + "renewal");
        this.renewalFailed = registry.counter(PREFIX + "renewal.failed");
        Gauge.builder(PREFIX + "leases.held", held, AtomicLong::get).register(registry);
    }

    /**
     * Creates a listener that feeds a registry.
     *
     * @param registry where the meters are registered
     * @return the listener
     */
    public static CoordinationMeters on(MeterRegistry registry) {
        return new CoordinationMeters(Objects.requireNonNull(registry, "registry"));
    }

    @Override
    public void onAcquired(String name, long token, Duration took) {
        acquireWait.record(took);
        held.incrementAndGet();
    }

    @Override
    public void onHeldByAnother(String name, String holder) {
        acquireRefused.increment();
    }

    @Override
    public void onAcquireFailed(String name, Exception cause) {
        acquireFailed.increment();
    }

    @Override
    public void onRenewed(String name, long token, Duration took) {
        renewal.record(took);
    }

    @Override
    public void onRenewalFailed(String name, long token, Duration remaining, Exception cause) {
        renewalFailed.increment();
    }

    @Override
    public void onEnded(String name, long token, EndReason reason) {
        held.decrementAndGet();
        registry.counter(PREFIX + "leases.ended", "reason", reason.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    @Override
    public void onElected(String election, long term) {
        gauge(leaders, "leader", election).incrementAndGet();
        gauge(terms, "term", election).accumulateAndGet(term, Math::max);
    }

    @Override
    public void onRevoked(String election, long term, EndReason reason) {
        gauge(leaders, "leader", election).decrementAndGet();
    }

    @Override
    public void onCallbackFailed(String election, long term, Throwable cause) {
        registry.counter(PREFIX + "callback.failed", "election", election).increment();
    }

    private AtomicLong gauge(Map<String, AtomicLong> values, String meter, String election) {
        return values.computeIfAbsent(election, absent -> {
            var value = new AtomicLong();
            Gauge.builder(PREFIX + meter, value, AtomicLong::get)
                    .tag("election", election)
                    .register(registry);
            return value;
        });
    }
}
