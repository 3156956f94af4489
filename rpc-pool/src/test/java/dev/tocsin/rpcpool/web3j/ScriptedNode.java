package dev.tocsin.rpcpool.web3j;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON-RPC node over a bare socket on loopback, so that it can misbehave at every byte. Answers in the same order unless told otherwise. */
final class ScriptedNode implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, Method> methods = new ConcurrentHashMap<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<JsonNode> calls = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final int port;
    private volatile Behaviour behaviour = ScriptedNode::reply;
    private volatile ServerSocket server;

    private ScriptedNode() {
        server = listen(0);
        port = server.getLocalPort();
    }

    /** The {@code "result":…} or {@code "error":…} of a call. */
    @FunctionalInterface
    interface Method {
        String answer(JsonNode params);
    }

    /** What becomes of a whole request. */
    @FunctionalInterface
    interface Behaviour {
        Reply to(ScriptedNode node, JsonNode request) throws IOException;
    }

    /** What is sent: {@code cutAfter} bytes of the whole, then a reset, or silence. */
    record Reply(int status, String body, int cutAfter, boolean thenSilence) {
        static Reply ok(String body) {
            return new Reply(200, body, -1, false);
        }

        static Reply status(int status, String body) {
            return new Reply(status, body, -1, false);
        }

        static Reply resetAfter(int bytes, String body) {
            return new Reply(200, body, bytes, false);
        }

        static Reply silentAfter(int bytes, String body) {
            return new Reply(200, body, bytes, true);
        }
    }

    /** A healthy node at block 16. */
    static ScriptedNode ofChain(long chainId) {
        return new ScriptedNode()
                .on("eth_chainId", "0x" + Long.toHexString(chainId))
                .on("eth_blockNumber", "0x10");
    }

    ScriptedNode on(String method, String text) {
        return onCall(method, params -> "\"result\":\"" + text + "\"");
    }

    ScriptedNode onCall(String method, Method answer) {
        methods.put(method, answer);
        return this;
    }

    ScriptedNode onError(String method, int code, String message) {
        return onCall(method, params -> "\"error\":" + error(code, message));
    }

    /** Replaces the answer to every request that is not a health check. */
    ScriptedNode behaving(Behaviour replacement) {
        behaviour = (node, request) -> {
            return isCheck(request) ? reply(node, request) : replacement.to(node, request);
        };
        return this;
    }

    /** Whether the pool itself asks for it. */
    private static boolean isCheck(JsonNode request) {
        String block = request.path("params").path(0).asString("");
        return switch (request.path("method").asString("")) {
            case "eth_chainId", "eth_blockNumber", "eth_syncing", "net_peerCount", "web3_clientVersion" -> true;
            case "eth_getBlockByNumber" -> block.equals("0x0") || block.equals("finalized");
            default -> false;
        };
    }

    /** Replaces the answer to every request. */
    ScriptedNode behavingAlways(Behaviour replacement) {
        behaviour = replacement;
        return this;
    }

    static String error(int code, String message) {
        return JSON.createObjectNode().put("code", code).put("message", message).toString();
    }

    String answer(JsonNode call) {
        String method = call.path("method").asString("");
        Method known = methods.get(method);
        String answer =
                known == null ? "\"error\":" + error(-32601, "no method " + method) : known.answer(call.path("params"));
        return "{\"jsonrpc\":\"2.0\",\"id\":" + call.path("id") + "," + answer + "}";
    }

    /** An orderly answer. */
    static Reply reply(ScriptedNode node, JsonNode request) {
        if (!request.isArray()) {
            return Reply.ok(node.answer(request));
        }
        return Reply.ok(JSON.createArrayNode()
                .addAll(request.valueStream()
                        .map(call -> JSON.readTree(node.answer(call)))
                        .toList())
                .toString());
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    String name() {
        return "127.0.0.1:" + port;
    }

    /** How often a method was asked, the blocks that checks ask for aside. */
    long count(String method) {
        return calls.stream()
                .filter(call -> call.path("method").asString("").equals(method))
                .filter(call -> !method.equals("eth_getBlockByNumber") || !isCheck(call))
                .count();
    }

    /** The request lines and headers seen. */
    List<String> heads() {
        return heads;
    }

    /** Refuses connections and resets those there are. */
    void kill() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(ScriptedNode::reset);
    }

    /** Listens again after a kill. */
    void restart() {
        server = listen(port);
    }

    @Override
    public void close() {
        kill();
    }

    private ServerSocket listen(int at) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at));
            Thread.ofVirtual().start(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                heads.add(head);
                JsonNode request = JSON.readTree(in.readNBytes(length(head)));
                (request.isArray() ? request.valueStream().toList() : List.of(request)).forEach(calls::add);
                Reply reply = behaviour.to(this, request);
                byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
                String start = "HTTP/1.1 " + reply.status() + " x\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length + "\r\n\r\n";
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                all.writeBytes(start.getBytes(StandardCharsets.US_ASCII));
                all.writeBytes(body);
                int send = reply.cutAfter() < 0 ? all.size() : Math.min(all.size(), reply.cutAfter());
                out.write(all.toByteArray(), 0, send);
                out.flush();
                if (reply.thenSilence()) {
                    in.read(); // until the client gives up
                    return;
                }
                if (reply.cutAfter() >= 0) {
                    reset(client);
                    return;
                }
            }
        } catch (IOException e) {
            // the client is gone, or the node was killed
        } finally {
            sockets.remove(client);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // closed already
        }
    }
}
