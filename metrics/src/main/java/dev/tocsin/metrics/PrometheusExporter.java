package dev.tocsin.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Owns the registry to which all meters of a program go, and writes it for Prometheus. It serves nothing over HTTP: whoever has a server writes
 * the {@link Scrape} there.
 *
 * <p>Needs {@code io.micrometer:micrometer-registry-prometheus}. Safe for use by many threads.
 *
 * {@snippet file="dev/tocsin/metrics/ReadmeTest.java" region="readme"}
 */
public final class PrometheusExporter implements AutoCloseable {
    private static final String REGISTRY_CLASS = "io.micrometer.prometheusmetrics.PrometheusMeterRegistry";

    private final PrometheusScraper scraper;
    private final Optional<JvmGcMetrics> gc;
    private final boolean owned;

    private PrometheusExporter(PrometheusScraper scraper, Optional<JvmGcMetrics> gc, boolean owned) {
        this.scraper = scraper;
        this.gc = gc;
        this.owned = owned;
    }

    /**
     * A text to answer a scraper with.
     *
     * @param contentType the value of the header Content-Type
     * @param body the meters
     */
    public record Scrape(String contentType, String body) {
        /** Checks. */
        public Scrape {
            Objects.requireNonNull(contentType, "contentType");
            Objects.requireNonNull(body, "body");
        }
    }

    /**
     * An exporter with a registry of its own, no prefix, and the meters of JVM and process.
     *
     * @return the exporter; close it
     * @throws IllegalStateException if {@code micrometer-registry-prometheus} is missing
     */
    public static PrometheusExporter create() {
        return builder().build();
    }

    /**
     * An exporter of a registry that belongs to the caller. Adds no meters, and does not close it.
     *
     * @param registry the registry
     * @return the exporter
     */
    public static PrometheusExporter on(PrometheusMeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        return new PrometheusExporter(PrometheusScraper.on(registry), Optional.empty(), false);
    }

    /**
     * An exporter with a registry of its own.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Where the meters go.
     *
     * @return the registry
     */
    public MeterRegistry registry() {
        return scraper.registry();
    }

    /**
     * Writes all meters in the Prometheus text format 0.0.4.
     *
     * @return the text, to be sent with {@link #contentType}
     */
    public String scrape() {
        return scraper.scrape(Exposition.TEXT);
    }

    /**
     * The type of what {@link #scrape()} writes.
     *
     * @return the value of the header Content-Type
     */
    public String contentType() {
        return Exposition.TEXT.contentType();
    }

    /**
     * Writes all meters in the format that a client likes better: OpenMetrics 1.0 if its header names it and does not rate text higher, else
     * the Prometheus text format 0.0.4. A client that accepts neither gets text as well, which Prometheus itself is content with.
     *
     * @param accept the value of the header Accept; null if there is none. A part that cannot be read is passed over.
     * @return the text and its type
     */
    public Scrape scrape(@Nullable String accept) {
        Exposition exposition = Exposition.accepted(accept);
        return new Scrape(exposition.contentType(), scraper.scrape(exposition));
    }

    /** Closes the registry if it was made here. May be called again. */
    @Override
    public void close() {
        gc.ifPresent(JvmGcMetrics::close);
        if (owned) {
            scraper.registry().close();
        }
    }

    /** Settings of an exporter with a registry of its own. Mutable, for one thread. */
    public static final class Builder {
        private String prefix = "";
        private boolean process = true;

        private Builder() {}

        /**
         * What stands before the names of all exported meters. Default: nothing. With {@code acme}, the meter {@code tocsin.filters.matches}
         * is exported as {@code acme_tocsin_filters_matches_total}; inside the program it keeps its name. Changing it orphans dashboards
         * and alert rules.
         *
         * @param prefix letters, digits and {@code _}, not beginning with a digit, without the {@code _} that follows it; or empty
         * @return this
         * @throws IllegalArgumentException if it has another form
         */
        public Builder prefix(String prefix) {
            Objects.requireNonNull(prefix, "prefix");
            if (!prefix.matches("([a-zA-Z_][a-zA-Z0-9_]*)?")) {
                throw new IllegalArgumentException(
                        "prefix must be letters, digits and _ and not begin with a digit, was \"" + prefix + '"');
            }
            this.prefix = prefix;
            return this;
        }

        /**
         * Leaves out the meters of JVM, processor, files and uptime. Default: they are there.
         *
         * @return this
         */
        public Builder withoutProcessMeters() {
            this.process = false;
            return this;
        }

        /**
         * Makes the registry and the exporter.
         *
         * @return the exporter; close it
         * @throws IllegalStateException if {@code micrometer-registry-prometheus} is missing
         */
        public PrometheusExporter build() {
            requireRegistryClass();
            PrometheusScraper scraper = PrometheusScraper.create(prefix);
            return new PrometheusExporter(
                    scraper, process ? Optional.of(bindProcess(scraper.registry())) : Optional.empty(), true);
        }

        private static JvmGcMetrics bindProcess(MeterRegistry registry) {
            List<MeterBinder> binders = List.of(
                    new JvmInfoMetrics(),
                    new JvmMemoryMetrics(),
                    new JvmThreadMetrics(),
                    new ClassLoaderMetrics(),
                    new ProcessorMetrics(),
                    new FileDescriptorMetrics(),
                    new UptimeMetrics());
            binders.forEach(binder -> binder.bindTo(registry));
            JvmGcMetrics gc = new JvmGcMetrics();
            gc.bindTo(registry);
            return gc;
        }

        private static void requireRegistryClass() {
            try {
                Class.forName(REGISTRY_CLASS, false, PrometheusExporter.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(
                        "PrometheusExporter needs io.micrometer:micrometer-registry-prometheus; add it to the POM", e);
            }
        }
    }
}
