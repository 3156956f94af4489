package dev.tocsin.rpcpool.faults;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A node at block 100 that answers each call with the name of its method, or with what it knows of a block. */
final class TinyNode implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> bodies = new CopyOnWriteArrayList<>();

    TinyNode() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/key?a=b");
    }

    /** What reached it. */
    List<String> bodies() {
        return bodies;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            bodies.add(new String(body));
            JsonNode asked = Conversation.parse(body);
            JsonNode answer = asked.isArray() ? all(asked) : one(asked);
            // no length: in chunks
            exchange.sendResponseHeaders(exchange.getRequestURI().toString().equals("/key?a=b") ? 200 : 404, 0);
            exchange.getResponseBody().write(answer.toString().getBytes());
        }
    }

    private static ArrayNode all(JsonNode asked) {
        ArrayNode answers = Conversation.JSON.createArrayNode();
        asked.forEach(call -> answers.add(one(call)));
        return answers;
    }

    private static ObjectNode one(JsonNode call) {
        ObjectNode answer = Conversation.JSON.createObjectNode();
        answer.put("jsonrpc", "2.0").set("id", call.path("id"));
        String method = call.path("method").asString("");
        switch (method) {
            case "eth_blockNumber" -> answer.put("result", "0x64");
            case "eth_getBlockByNumber" ->
                answer.putObject("result").set("number", call.path("params").path(0));
            case "eth_getLogs" -> {
                ArrayNode logs = answer.putArray("result");
                List.of("0x59", "0x5a", "0x5b").forEach(n -> logs.addObject().put("blockNumber", n));
            }
            default -> answer.put("result", method);
        }
        return answer;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
