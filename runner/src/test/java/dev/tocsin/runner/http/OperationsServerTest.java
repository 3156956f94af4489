package dev.tocsin.runner.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.metrics.Health;
import dev.tocsin.metrics.HealthStatus;
import dev.tocsin.metrics.PrometheusExporter;
import dev.tocsin.runner.StartException;
import dev.tocsin.runner.config.Place;
import dev.tocsin.runner.config.TocsinConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class OperationsServerTest {

    private static TocsinConfig.Http on(int port) {
        return new TocsinConfig.Http(new Place("t.yml", 7, "http.port"), "127.0.0.1", port, "/metrics");
    }

    private static HttpResponse<String> request(URI address, String method, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(address.resolve(path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void servesMetricsHealthAndReadiness() throws Exception {
        Health health = Health.builder()
                .component("nodes", () -> HealthStatus.down("0 of 2 healthy"))
                .build();
        try (PrometheusExporter exporter = PrometheusExporter.create();
                OperationsServer server = OperationsServer.start(on(0), exporter, health)) {
            exporter.registry().counter("tocsin.test").increment();

            HttpResponse<String> metrics = request(server.address(), "GET", "/metrics");
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(metrics.body()).contains("tocsin_test_total 1.0");

            assertThat(request(server.address(), "GET", "/health").statusCode()).isEqualTo(200);

            HttpResponse<String> ready = request(server.address(), "GET", "/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("nodes", "0 of 2 healthy");

            assertThat(request(server.address(), "GET", "/other").statusCode()).isEqualTo(404);
            assertThat(request(server.address(), "POST", "/metrics").statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void aPortInUseIsNamedWithItsPlace() {
        Health health = Health.builder().build();
        try (PrometheusExporter exporter = PrometheusExporter.create();
                OperationsServer server = OperationsServer.start(on(0), exporter, health)) {
            int port = server.address().getPort();

            assertThatThrownBy(() -> OperationsServer.start(on(port), exporter, health))
                    .isInstanceOf(StartException.class)
                    .hasMessage("t.yml:7: http.port: port " + port
                            + " on 127.0.0.1 is already in use; expected a free port, or 0 to take any");
        }
    }
}
