package dev.tocsin.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        // @start region="readme"
        try (PrometheusExporter exporter = PrometheusExporter.create()) {
            Heartbeat loop = Heartbeat.create().bindTo(exporter.registry(), "loop");
            Health health = Health.builder()
                    .component("nodes", () -> HealthStatus.up("2 of 2 healthy"))
                    .vital("loop", loop.within(Duration.ofMinutes(1)))
                    .listener(HealthMeters.on(exporter.registry()))
                    .build();
            loop.beat();
            HealthReport ready = health.readiness();
            System.out.println(ready.httpStatus() + " " + ready.toJson());
            PrometheusExporter.Scrape page = exporter.scrape("application/openmetrics-text");
            System.out.println(page.contentType() + ", " + page.body().length() + " characters");
        }
        // @end
    }

    @Test
    void readmeShowsThatCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/tocsin/metrics/ReadmeTest.java"));
        int start = source.indexOf('\n', source.indexOf("@start region=\"readme\"")) + 1;
        String code = source.substring(start, source.lastIndexOf('\n', source.indexOf("@end")))
                .stripIndent()
                .strip();

        assertThat(Files.readString(Path.of("README.md"))).contains(code);
    }
}
