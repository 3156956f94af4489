package dev.tocsin.testsupport;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A real HTTP server on loopback that keeps every request and answers as it is told: 200 unless an answer was queued. Safe for use by many
 * threads.
 */
public final class WebhookInbox implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService executor;
    private final int port;
    private final List<ReceivedRequest> requests = new CopyOnWriteArrayList<>();
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    private volatile Reply usual = Reply.of(200);

    private WebhookInbox(int port) {
        this.port = port;
        executor = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tocsin-webhook-inbox-", 0).factory());
        try {
            server = HttpServer.create(new InetSocketAddress(FreePort.loopback(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("no webhook inbox on port " + port, e);
        }
    }

    /**
     * Starts a server on a free port.
     *
     * @return the running server
     */
    public static WebhookInbox start() {
        return on(FreePort.next());
    }

    /**
     * Starts a server on a given port, for instance where one was closed before.
     *
     * @param port a free port
     * @return the running server
     */
    public static WebhookInbox on(int port) {
        WebhookInbox inbox = new WebhookInbox(port);
        inbox.server.setExecutor(inbox.executor);
        inbox.server.createContext("/", inbox::handle);
        inbox.server.start();
        return inbox;
    }

    /**
     * Where it listens.
     *
     * @return a port
     */
    public int port() {
        return port;
    }

    /**
     * Where requests go; any other path does as well.
     *
     * @return {@code http://127.0.0.1:port/hook}
     */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/hook");
    }

    /**
     * What was received so far, oldest first, whatever it was answered.
     *
     * @return a copy
     */
    public List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    /**
     * Waits until so many requests have been received.
     *
     * @param count at least how many
     * @param atMost how long to wait
     * @return what was received so far, oldest first
     * @throws InterruptedException if interrupted while waiting
     * @throws AssertionError if the time passed
     */
    public List<ReceivedRequest> awaitRequests(int count, Duration atMost) throws InterruptedException {
        Waiting.until(
                () -> requests.size() >= count,
                atMost,
                () -> "only " + requests.size() + " of " + count + " requests arrived");
        return requests();
    }

    /**
     * Queues answers for the next requests, one each.
     *
     * @param next the answers, in order
     */
    public void reply(Reply... next) {
        replies.addAll(List.of(next));
    }

    /**
     * Queues answers with nothing but a status for the next requests, one each.
     *
     * @param statuses HTTP status codes, in order
     */
    public void reply(int... statuses) {
        for (int status : statuses) {
            replies.add(Reply.of(status));
        }
    }

    /**
     * The answer to requests for which none is queued.
     *
     * @param reply the answer; at first 200
     */
    public void usually(Reply reply) {
        usual = reply;
    }

    /** Forgets the requests received so far and the queued answers. */
    public void clear() {
        requests.clear();
        replies.clear();
    }

    /** Stops the server; open connections are closed. */
    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        byte[] body = exchange.getRequestBody().readAllBytes();
        Reply queued = replies.poll();
        Reply reply = queued == null ? usual : queued;
        requests.add(new ReceivedRequest(
                Instant.now(),
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                headers,
                body,
                reply.status()));
        try {
            Waiting.pause(reply.delay());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (reply.status() == Reply.DROPPED) {
            exchange.close();
            return;
        }
        reply.headers().forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
        byte[] answer = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    /**
     * An answer; immutable, each method gives a changed copy.
     *
     * @param status the HTTP status
     * @param headers the headers
     * @param body the body
     * @param delay how long the answer is held back
     */
    public record Reply(int status, Map<String, String> headers, String body, Duration delay) {
        private static final int DROPPED = 0;

        /** Copies the headers. */
        public Reply {
            headers = Map.copyOf(headers);
        }

        /**
         * An answer without headers and body.
         *
         * @param status the HTTP status
         * @return the answer
         */
        public static Reply of(int status) {
            return new Reply(status, Map.of(), "", Duration.ZERO);
        }

        /**
         * No answer: the request is read, and the connection closed.
         *
         * @return the answer
         */
        public static Reply dropped() {
            return of(DROPPED);
        }

        /**
         * With one more header.
         *
         * @param name the header
         * @param value its value
         * @return a changed copy
         */
        public Reply header(String name, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(name, value);
            return new Reply(status, more, body, delay);
        }

        /**
         * With a body.
         *
         * @param text sent as UTF-8
         * @return a changed copy
         */
        public Reply body(String text) {
            return new Reply(status, headers, text, delay);
        }

        /**
         * Held back.
         *
         * @param time how long after the request was read
         * @return a changed copy
         */
        public Reply after(Duration time) {
            return new Reply(status, headers, body, time);
        }
    }
}
