package dev.tocsin.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusExporterTest {
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private static void record(MeterRegistry registry) {
        registry.counter("tocsin.test.events", "node", "a\"b\\c\nd").increment(3);
        registry.gauge("tocsin.test.depth", 7);
        Timer timer = Timer.builder("tocsin.test.calls")
                .publishPercentileHistogram()
                .serviceLevelObjectives(Duration.ofMillis(50))
                .register(registry);
        timer.record(Duration.ofMillis(20));
        timer.record(Duration.ofMillis(700));
        DistributionSummary.builder("tocsin.test.size")
                .baseUnit("bytes")
                .publishPercentiles(0.5, 0.99)
                .tag("kind", "x,y}")
                .register(registry)
                .record(12);
    }

    @Test
    void textIsValidAndHoldsWhatWasRecorded() {
        try (PrometheusExporter exporter = PrometheusExporter.create()) {
            record(exporter.registry());

            ExpositionText text = ExpositionText.ofText(exporter.scrape());

            assertThat(text.value("tocsin_test_events_total{node=a\\\"b\\\\c\\nd}"))
                    .isEqualTo(3);
            assertThat(text.value("tocsin_test_depth")).isEqualTo(7);
            assertThat(text.value("tocsin_test_calls_seconds_bucket{le=0.05}")).isEqualTo(1);
            assertThat(text.value("tocsin_test_calls_seconds_count")).isEqualTo(2);
            assertThat(text.value("tocsin_test_calls_seconds_sum")).isEqualTo(0.72);
            assertThat(text.value("tocsin_test_size_bytes_sum{kind=x,y}}")).isEqualTo(12);
            assertThat(text.types()).containsEntry("tocsin_test_calls_seconds", "histogram");
        }
    }

    @Test
    void openMetricsIsValidAndHoldsTheSameSamples() {
        try (PrometheusExporter exporter =
                PrometheusExporter.builder().withoutProcessMeters().build()) {
            record(exporter.registry());

            PrometheusExporter.Scrape scrape = exporter.scrape("application/openmetrics-text");

            ExpositionText openMetrics = ExpositionText.ofOpenMetrics(scrape.body());
            assertThat(scrape.contentType()).isEqualTo(OPEN_METRICS);
            assertThat(openMetrics.samples())
                    .containsExactlyInAnyOrderElementsOf(
                            ExpositionText.ofText(exporter.scrape()).samples());
            assertThat(openMetrics.types()).containsEntry("tocsin_test_events", "counter");
        }
    }

    @Test
    void metersOfJvmProcessorFilesAndUptimeAreThere() {
        try (PrometheusExporter exporter = PrometheusExporter.create()) {
            ExpositionText text = ExpositionText.ofText(exporter.scrape());

            assertThat(text.types())
                    .containsKeys(
                            "jvm_info",
                            "jvm_memory_used_bytes",
                            "jvm_threads_live_threads",
                            "jvm_classes_loaded_classes",
                            "jvm_gc_max_data_size_bytes",
                            "system_cpu_count",
                            "process_cpu_usage",
                            "process_files_open_files",
                            "process_uptime_seconds",
                            "process_start_time_seconds");
            assertThat(text.value("process_uptime_seconds")).isPositive();
            assertThat(ExpositionText.ofOpenMetrics(exporter.scrape("application/openmetrics-text")
                                    .body())
                            .types())
                    .isNotEmpty();
        }
    }

    @Test
    void prefixStandsBeforeEveryExportedNameAndNoInnerOne() {
        try (PrometheusExporter exporter =
                PrometheusExporter.builder().prefix("acme").build()) {
            record(exporter.registry());

            ExpositionText text = ExpositionText.ofText(exporter.scrape());

            assertThat(text.types().keySet()).allMatch(name -> name.startsWith("acme_"));
            assertThat(text.types()).containsKeys("acme_tocsin_test_calls_seconds", "acme_process_uptime_seconds");
            assertThat(exporter.registry().get("tocsin.test.depth").gauge().value())
                    .isEqualTo(7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1a", "a-b", "a.b", " ", "ä"})
    void prefixThatCannotStandInANameIsRefused(String prefix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrometheusExporter.builder().prefix(prefix))
                .withMessage("prefix must be letters, digits and _ and not begin with a digit, was \"" + prefix + '"');
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "*/*",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "text/plain",
                "text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.5",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;q=0.0001",
                "application/openmetrics-text;q=high",
                "application/openmetrics-text;version=2.0.0",
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,*/*;q=0.1",
                ";;;,,,=q",
            })
    void textIsTheAnswerUnlessOpenMetricsIsAskedFor(String accept) {
        try (PrometheusExporter exporter = PrometheusExporter.create()) {
            PrometheusExporter.Scrape scrape = exporter.scrape(accept);

            assertThat(scrape.contentType()).isEqualTo(TEXT).isEqualTo(exporter.contentType());
            ExpositionText.ofText(scrape.body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text",
                "Application/OpenMetrics-Text; Version=\"1.0.0\"; Q=1.0",
                "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4",
                // Prometheus 2.42
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                // Prometheus 3
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
                        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            })
    void openMetricsIsTheAnswerToThoseWhoPreferIt(String accept) {
        try (PrometheusExporter exporter = PrometheusExporter.create()) {
            PrometheusExporter.Scrape scrape = exporter.scrape(accept);

            assertThat(scrape.contentType()).isEqualTo(OPEN_METRICS);
            ExpositionText.ofOpenMetrics(scrape.body());
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void onlyItsOwnRegistryIsClosed(boolean own) {
        PrometheusMeterRegistry theirs = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        PrometheusExporter exporter = own ? PrometheusExporter.create() : PrometheusExporter.on(theirs);

        exporter.close();
        exporter.close();

        assertThat(exporter.registry().isClosed()).isEqualTo(own);
    }

    @Test
    void registryOfTheCallerIsExportedAsItIs() {
        PrometheusMeterRegistry theirs = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        theirs.counter("orders").increment();

        try (PrometheusExporter exporter = PrometheusExporter.on(theirs)) {
            assertThat(ExpositionText.ofText(exporter.scrape()).samples()).containsExactly("orders_total");
        }
    }

    @Test
    void missingRegistryIsNamedWithWhatToAdd() throws ReflectiveOperationException {
        Class<?> exporter = new WithoutPrometheus().loadClass(PrometheusExporter.class.getName());

        MethodHandle create =
                MethodHandles.publicLookup().findStatic(exporter, "create", MethodType.methodType(exporter));

        assertThatIllegalStateException()
                .isThrownBy(create::invoke)
                .withMessage(
                        "PrometheusExporter needs io.micrometer:micrometer-registry-prometheus; add it to the POM");
    }

    /** This module's classes once more, as on a class path without the Prometheus registry. */
    private static final class WithoutPrometheus extends ClassLoader {
        WithoutPrometheus() {
            super(PrometheusExporterTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.micrometer.prometheusmetrics.")) {
                throw new ClassNotFoundException(name);
            }
            return name.startsWith("dev.tocsin.metrics.") ? define(name) : super.loadClass(name, resolve);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in =
                    PrometheusExporter.class.getResourceAsStream("/" + name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
