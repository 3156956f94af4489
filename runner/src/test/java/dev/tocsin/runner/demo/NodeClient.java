package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A strict JSON-RPC client: whatever is not exactly as the protocol says fails the test. */
final class NodeClient implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final DemoNode node;

    NodeClient(DemoNode node) {
        this.node = node;
    }

    HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return post(body, "application/json");
    }

    HttpResponse<String> post(String body, String contentType) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri())
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    URI uri() {
        return node.http();
    }

    /** The answer to a body, as JSON. */
    JsonNode exchange(String body) throws IOException, InterruptedException {
        HttpResponse<String> response = post(body);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        return NodeJson.JSON.readTree(response.body());
    }

    JsonNode result(String method, String params) throws IOException, InterruptedException {
        JsonNode answer = exchange(request(method, params));
        assertThat(answer.propertyNames()).as(answer.toString()).containsExactly("jsonrpc", "id", "result");
        assertThat(answer.get("jsonrpc").asString()).isEqualTo("2.0");
        assertThat(answer.get("id").asInt()).isEqualTo(1);
        return answer.get("result");
    }

    /** The error as {@code code message}. */
    String error(String method, String params) throws IOException, InterruptedException {
        return error(exchange(request(method, params)));
    }

    static String error(JsonNode answer) {
        assertThat(answer.propertyNames()).as(answer.toString()).containsExactly("jsonrpc", "id", "error");
        return answer.get("error").get("code").asInt() + " "
                + answer.get("error").get("message").asString();
    }

    static String request(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    HttpRequest.Builder builder() {
        return HttpRequest.newBuilder(uri()).timeout(Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
