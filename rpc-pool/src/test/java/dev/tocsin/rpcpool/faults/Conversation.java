package dev.tocsin.rpcpool.faults;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** One connection of a client, and what becomes of each request that comes over it. Runs on a thread of its own. */
final class Conversation implements Runnable {

    private static final long SHORT_NANOS = 20_000_000; // a client is not likely to leave meanwhile
    private static final Map<Integer, String> REASONS = Map.of(
            200, "OK", 429, "Too Many Requests", 500, "Internal Server Error", 502, "Bad Gateway", 503, "Unavailable");

    static final JsonMapper JSON = JsonMapper.shared();

    private final FaultyNode node;
    private final Socket client;
    private final Upstream upstream;

    Conversation(FaultyNode node, Socket client, URI upstream) {
        this.node = node;
        this.client = client;
        this.upstream = new Upstream(upstream);
    }

    @Override
    public void run() {
        try (client;
                upstream) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            Optional<HttpMessage> request = HttpMessage.read(in);
            while (request.isPresent() && serve(request.get(), in)) {
                request = HttpMessage.read(in);
            }
        } catch (IOException e) {
            // the client left, or this node was closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            node.ended(this);
        }
    }

    /** Closes the connection so that the other side sees a reset. */
    void reset() {
        node.ended(this);
        try {
            client.setSoLinger(true, 0); // close sends RST
        } catch (SocketException e) {
            // closed already
        }
        try {
            client.close();
        } catch (IOException e) {
            // closing is all that was wanted
        }
    }

    /** Whether the connection stays. */
    private boolean serve(HttpMessage request, InputStream in) throws IOException, InterruptedException {
        JsonNode asked = parse(request.body());
        List<JsonNode> calls = asked.isArray() ? List.copyOf(asked.values()) : List.of(asked);
        List<Fault> faults = node.striking(
                request.body(),
                calls.stream().map(call -> call.path("method").asString("")).toList());
        if (!isStillThere(node.delayNanos(faults), in)) {
            return false;
        }
        for (Fault fault : faults) {
            switch (fault.effect()) {
                case Effect.Reset reset -> {
                    reset();
                    return false;
                }
                case Effect.Http http -> {
                    String header = http.retryAfter().isEmpty() ? "" : "Retry-After: " + http.retryAfter() + "\r\n";
                    write(http.status(), header, http.body().getBytes(StandardCharsets.UTF_8));
                    return !request.isLast();
                }
                default -> {}
            }
        }
        return answer(request, asked, calls, faults) && !request.isLast();
    }

    private boolean answer(HttpMessage request, JsonNode asked, List<JsonNode> calls, List<Fault> faults)
            throws IOException {
        Answers answers = new Answers(upstream, node, faults);
        HttpMessage reply;
        try {
            reply = answers.touch(asked) ? answers.of(asked, calls) : upstream.ask(request.body());
        } catch (IOException e) {
            upstream.close();
            byte[] why = ("the node behind gave no answer: " + e.getMessage()).getBytes(StandardCharsets.UTF_8);
            write(502, "", why);
            return true;
        }
        if (faults.stream().anyMatch(fault -> fault.effect() instanceof Effect.LostAnswer)) {
            reset();
            return false;
        }
        if (faults.stream().anyMatch(fault -> fault.effect() instanceof Effect.Truncated)) {
            HttpMessage.writeHalf(client.getOutputStream(), start(reply.status()), reply.body());
            return false;
        }
        boolean isPacked = faults.stream().anyMatch(fault -> fault.effect() instanceof Effect.Gzip);
        if (isPacked) {
            write(reply.status(), "Content-Encoding: gzip\r\n", packed(reply.body()));
        } else {
            write(reply.status(), "", reply.body());
        }
        return true;
    }

    private static byte[] packed(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(body);
        }
        return packed.toByteArray();
    }

    /** Waits; false if the client has gone away. */
    private boolean isStillThere(long nanos, InputStream in) throws IOException, InterruptedException {
        if (nanos < SHORT_NANOS) {
            Thread.sleep(Duration.ofNanos(nanos)); // a late answer is what the fault is
            return true;
        }
        client.setSoTimeout((int) Math.min(nanos / 1_000_000, Integer.MAX_VALUE));
        in.mark(1);
        try {
            boolean isThere = in.read() >= 0;
            in.reset();
            return isThere;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            client.setSoTimeout(0);
        }
    }

    private void write(int status, String headers, byte[] body) throws IOException {
        HttpMessage.write(client.getOutputStream(), start(status), headers, body);
    }

    private static String start(int status) {
        return "HTTP/1.1 " + status + " " + REASONS.getOrDefault(status, "Status");
    }

    static JsonNode parse(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }
}
