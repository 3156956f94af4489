import org.jspecify.annotations.NullMarked;

/** One registry, a Prometheus exporter and health. */
@NullMarked
module dev.tocsin.metrics {
    requires static transitive org.jspecify;
    requires transitive micrometer.core;
    requires static micrometer.registry.prometheus;

    exports dev.tocsin.metrics;
}
