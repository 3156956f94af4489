import org.jspecify.annotations.NullMarked;

/** One registry, a Prometheus exporter and health. */
@NullMarked
module dev.tocsin.metrics {
    requires static transitive org.jspecify;
    requires transitive micrometer.core;
    requires static transitive micrometer.registry.prometheus;
    requires jdk.management; // Micrometer's binders read the platform beans, and as an automatic module cannot say so

    exports dev.tocsin.metrics;
}
