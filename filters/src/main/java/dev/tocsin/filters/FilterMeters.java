package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * Counts what a {@link FilterSet} does in a Micrometer registry. Needs {@code io.micrometer:micrometer-core}.
 *
 * <p>The catalogue:
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>kind</th><th>unit</th><th>tags</th><th>meaning</th></tr>
 * <tr><td>{@code tocsin.filters.decoded}</td><td>counter</td><td>logs</td><td>event</td><td>logs decoded</td></tr>
 * <tr><td>{@code tocsin.filters.undecoded}</td><td>counter</td><td>logs</td><td>event</td>
 *     <td>logs with the first topic of an event that are not of it</td></tr>
 * <tr><td>{@code tocsin.filters.passed}</td><td>counter</td><td>events</td><td>rule</td><td>events that a rule let pass: matches</td></tr>
 * <tr><td>{@code tocsin.filters.rejected}</td><td>counter</td><td>events</td><td>rule, reason (condition, cooldown)</td>
 *     <td>events that a rule let go</td></tr>
 * </table>
 *
 * Safe for use by many threads.
 */
public final class FilterMeters implements FilterListener {
    private static final String EVENT = "event";
    private static final String RULE = "rule";
    private static final String REASON = "reason";

    private final MeterProvider<Counter> decoded;
    private final MeterProvider<Counter> undecoded;
    private final MeterProvider<Counter> passed;
    private final MeterProvider<Counter> rejected;

    private FilterMeters(MeterRegistry registry) {
        decoded = counter("tocsin.filters.decoded", "logs", "Logs decoded", registry);
        undecoded = counter(
                "tocsin.filters.undecoded",
                "logs",
                "Logs with the first topic of an event that are not of it",
                registry);
        passed = counter("tocsin.filters.passed", "events", "Events that a rule let pass", registry);
        rejected = counter("tocsin.filters.rejected", "events", "Events that a rule let go", registry);
    }

    /**
     * A listener that counts in this registry.
     *
     * @param registry the registry
     * @return the listener
     */
    public static FilterMeters on(MeterRegistry registry) {
        return new FilterMeters(requireNonNull(registry, "registry"));
    }

    private static MeterProvider<Counter> counter(String name, String unit, String meaning, MeterRegistry registry) {
        return Counter.builder(name).baseUnit(unit).description(meaning).withRegistry(registry);
    }

    @Override
    public void onDecoded(String event) {
        decoded.withTag(EVENT, event).increment();
    }

    @Override
    public void onNotThisEvent(String event, String why) {
        undecoded.withTag(EVENT, event).increment();
    }

    @Override
    public void onRejected(String rule, Rejection reason) {
        rejected.withTags(RULE, rule, REASON, reason.name().toLowerCase(Locale.ROOT))
                .increment();
    }

    @Override
    public void onMatch(Match match) {
        passed.withTag(RULE, match.rule()).increment();
    }
}
