package dev.tocsin.rpcpool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A node of a chain over a bare socket, so that it can misbehave in every way. */
final class FakeNode implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, Function<JsonNode, Reply>> replies = new ConcurrentHashMap<>();
    private final List<String> methods = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();
    private volatile Function<JsonNode, Reply> batches = this::each;
    private volatile long chain = 1;
    private volatile ServerSocket server;
    private final int port;

    private FakeNode() throws IOException {
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        port = server.getLocalPort();
        accept(server);
    }

    static FakeNode start() {
        try {
            return new FakeNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes back on the wire. */
    sealed interface Reply {
        record Body(int status, String text) implements Reply {}

        /** Half of the answer, then a reset. */
        record Reset() implements Reply {}

        /** Nothing, for ever. */
        record Stall() implements Reply {}

        /** The header and half of the body, then nothing. */
        record StallInBody() implements Reply {}

        /** These characters, which need be no HTTP, then the end. */
        record Raw(String text) implements Reply {}

        record Result(String json) implements Reply {}

        record Error(int code, String message) implements Reply {}

        record Slow(long millis, Reply then) implements Reply {}
    }

    FakeNode chain(long id) {
        chain = id;
        return this;
    }

    FakeNode on(String method, Reply reply) {
        replies.put(method, request -> reply);
        return this;
    }

    FakeNode on(String method, Function<JsonNode, Reply> reply) {
        replies.put(method, reply);
        return this;
    }

    FakeNode onBatch(Function<JsonNode, Reply> reply) {
        batches = reply;
        return this;
    }

    /** Refuses connections from now on, and resets those it has. */
    void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(FakeNode::reset);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // closed by its own thread a moment ago
        }
    }

    void restart() {
        try {
            server = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
            accept(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    String name() {
        return "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** How often a method was asked for, in batches as well. */
    long asked(String method) {
        return methods.stream().filter(method::equals).count();
    }

    /** The request lines and headers as they came. */
    List<String> heads() {
        return heads;
    }

    /** Requests that have not been answered and whose connection has not been seen to end. */
    int underWay() {
        return underWay.get();
    }

    int mostUnderWay() {
        return mostUnderWay.get();
    }

    @Override
    public void close() {
        stop();
    }

    private void accept(ServerSocket listening) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = listening.accept();
                    sockets.add(socket);
                    if (listening.isClosed()) {
                        reset(socket); // stopped meanwhile, and not seen there
                    }
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException e) {
                // stopped
            }
        });
    }

    private void serve(Socket socket) {
        try (socket) {
            while (true) {
                String head = head(socket.getInputStream());
                if (head.isEmpty()) {
                    return;
                }
                heads.add(head);
                byte[] body = socket.getInputStream().readNBytes(length(head));
                mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                AtomicBoolean open = new AtomicBoolean(true);
                Runnable answered = () -> underWay.addAndGet(open.getAndSet(false) ? -1 : 0);
                try {
                    if (!write(socket, reply(JSON.readTree(body)), JSON.readTree(body), answered)) {
                        return;
                    }
                } finally {
                    answered.run();
                }
            }
        } catch (IOException e) {
            // the other side went away, or we were stopped
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
        }
    }

    private Reply reply(JsonNode request) {
        if (request.isArray()) {
            request.forEach(one -> methods.add(one.path("method").asString()));
            return batches.apply(request);
        }
        methods.add(request.path("method").asString());
        return single(request);
    }

    private Reply single(JsonNode request) {
        String method = request.path("method").asString();
        Function<JsonNode, Reply> known = replies.getOrDefault(method, replies.get("*"));
        if (known != null) {
            return known.apply(request);
        }
        return switch (method) {
            case "eth_chainId" -> new Reply.Result("\"0x" + Long.toHexString(chain) + "\"");
            case "eth_blockNumber" -> new Reply.Result("\"0x10\"");
            case "eth_getBlockByNumber" ->
                new Reply.Result("{\"number\":\"0x0\",\"hash\":\"0x" + "a".repeat(64) + "\"}");
            case "eth_syncing" -> new Reply.Result("false");
            default -> new Reply.Error(-32601, "the method " + method + " does not exist");
        };
    }

    /** Each item answered by itself, in order. */
    Reply each(JsonNode request) {
        ArrayNode answers = JSON.createArrayNode();
        for (JsonNode one : request) {
            Reply reply = single(one);
            switch (reply) {
                case Reply.Result result -> answers.add(JSON.readTree(text(result, one)));
                case Reply.Error error -> answers.add(JSON.readTree(text(error, one)));
                case Reply.Body other -> {
                    return other;
                }
                case Reply.Reset other -> {
                    return other;
                }
                case Reply.Stall other -> {
                    return other;
                }
                case Reply.StallInBody other -> {
                    return other;
                }
                case Reply.Slow other -> {
                    return other;
                }
                case Reply.Raw other -> {
                    return other;
                }
            }
        }
        return new Reply.Body(200, answers.toString());
    }

    /** The items of a batch's answer. */
    List<JsonNode> items(JsonNode request) {
        List<JsonNode> items = new ArrayList<>();
        JSON.readTree(((Reply.Body) each(request)).text()).forEach(items::add);
        return items;
    }

    /** Answers. A request is told to be answered before its last byte is sent, since the other side may send the next request while we still count this one. */
    private static boolean write(Socket socket, Reply reply, JsonNode request, Runnable answered)
            throws IOException, InterruptedException {
        switch (reply) {
            case Reply.Body body -> {
                answered.run();
                send(socket, body.status(), body.text(), 0);
            }
            case Reply.Result result -> {
                answered.run();
                send(socket, 200, text(result, request), 0);
            }
            case Reply.Error error -> {
                answered.run();
                send(socket, 200, text(error, request), 0);
            }
            case Reply.Reset reset -> {
                send(socket, 200, "{\"jsonrpc\":\"2.0\",", 100);
                socket.setSoLinger(true, 0);
                return false;
            }
            case Reply.Raw raw -> {
                socket.getOutputStream().write(raw.text().getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().flush();
                return false;
            }
            case Reply.Stall stall -> hang(socket);
            case Reply.StallInBody stall -> {
                send(socket, 200, "{\"jsonrpc\":\"2.0\",", 100);
                hang(socket);
            }
            case Reply.Slow slow -> {
                Thread.sleep(slow.millis()); // a slow peer is what this reply is
                return write(socket, slow.then(), request, answered);
            }
        }
        return true;
    }

    private static void hang(Socket socket) throws IOException {
        if (socket.getInputStream().read() < 0) {
            throw new IOException("the client left");
        }
    }

    static String text(Reply.Result result, JsonNode request) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + request.path("id") + ",\"result\":" + result.json() + "}";
    }

    static String text(Reply.Error error, JsonNode request) {
        ObjectNode node = JSON.createObjectNode();
        node.put("jsonrpc", "2.0").set("id", request.path("id"));
        node.putObject("error").put("code", error.code()).put("message", error.message());
        return node.toString();
    }

    private static void send(Socket socket, int status, String text, int missing) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + status + " S\r\nContent-Type: application/json\r\nContent-Length: "
                + (body.length + missing) + "\r\n\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(body);
        socket.getOutputStream().write(all.toByteArray());
        socket.getOutputStream().flush();
    }

    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        for (String line : head.split("\r\n")) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                return Integer.parseInt(line.substring(15).strip());
            }
        }
        return 0;
    }
}
