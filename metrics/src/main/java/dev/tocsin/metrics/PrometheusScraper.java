package dev.tocsin.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * All that touches the Prometheus registry, which is an optional dependency: only this class is not linked without it.
 */
final class PrometheusScraper {
    private final PrometheusMeterRegistry registry;

    private PrometheusScraper(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    static PrometheusScraper on(PrometheusMeterRegistry registry) {
        return new PrometheusScraper(registry);
    }

    static PrometheusScraper create(String prefix) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        if (!prefix.isEmpty()) {
            registry.config()
                    .namingConvention(
                            new Prefixed(prefix + '.', registry.config().namingConvention()));
        }
        return new PrometheusScraper(registry);
    }

    MeterRegistry registry() {
        return registry;
    }

    String scrape(Exposition exposition) {
        return registry.scrape(exposition.contentType());
    }

    /** Puts a prefix before what is exported; the names inside the program stay. */
    private record Prefixed(String prefix, NamingConvention convention) implements NamingConvention {
        @Override
        public String name(String name, Meter.Type type, @Nullable String baseUnit) {
            return convention.name(prefix + name, type, baseUnit);
        }

        @Override
        public String tagKey(String key) {
            return convention.tagKey(key);
        }

        @Override
        public String tagValue(String value) {
            return convention.tagValue(value);
        }
    }
}
