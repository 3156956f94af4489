package dev.tocsin.runner.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP server on a free loopback port that accepts every POST with 200 and records its {@code Idempotency-Key}, its body
 * and when it came. The body is JSON. It verifies no signature. A body above {@value #MAX_BODY_BYTES} bytes is refused with 413.
 */
public final class DemoWebhook implements AutoCloseable {

    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    private final Inbox inbox = new Inbox();
    private final InstantSource clock;
    private final Consumer<Received> listener;
    private final HttpServer server;
    private final ExecutorService executor;

    private DemoWebhook(InstantSource clock, Consumer<Received> listener) throws IOException {
        this.clock = Objects.requireNonNull(clock, "clock");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        this.executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tocsin-demo-webhook-", 0).factory());
        server.setExecutor(executor);
        server.createContext("/", this::receive);
    }

    /**
     * Starts the server on a free port, and tells of every delivery.
     *
     * @param clock the time of receipt
     * @param listener told of each delivery before it is answered
     * @return the running server
     * @throws IOException if no port can be had
     */
    public static DemoWebhook start(InstantSource clock, Consumer<Received> listener) throws IOException {
        DemoWebhook webhook = new DemoWebhook(clock, listener);
        webhook.server.start();
        return webhook;
    }

    /**
     * Where to POST to.
     *
     * @return an address on the loopback interface
     */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    }

    /**
     * How many requests were accepted.
     *
     * @return from 0
     */
    public long deliveries() {
        return inbox.deliveries();
    }

    /**
     * The distinct keys received.
     *
     * @return a copy
     */
    public Set<String> keys() {
        return inbox.keys();
    }

    /**
     * How many requests had a key that had come before.
     *
     * @return from 0
     */
    public long repeats() {
        return inbox.repeats();
    }

    /**
     * The newest deliveries.
     *
     * @return at most 1000, oldest first
     */
    public List<Received> received() {
        return inbox.newest();
    }

    /** Stops the server and closes its port; requests that run are cut off. */
    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("POST")) {
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
            if (body.length > MAX_BODY_BYTES) {
                exchange.sendResponseHeaders(413, -1);
                return;
            }
            String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
            String text = new String(body, StandardCharsets.UTF_8);
            JsonNode facts = JSON.readTree(text).path("facts");
            List<String> alerts = Received.firing(
                    facts.path("status").asString(""), facts.path("alerts").asString(""));
            Received received = new Received(Objects.requireNonNullElse(key, ""), text, alerts, clock.instant());
            inbox.add(received);
            listener.accept(received);
            exchange.sendResponseHeaders(200, -1);
        }
    }
}
