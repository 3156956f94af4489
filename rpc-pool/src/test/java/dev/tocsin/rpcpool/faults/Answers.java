package dev.tocsin.rpcpool.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The answers to one request, where faults change what is asked or answered. */
final class Answers {

    private static final byte[] HEAD = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_blockNumber\",\"params\":[]}"
            .getBytes(StandardCharsets.UTF_8);

    private final Upstream upstream;
    private final Random random;
    private final List<Fault> faults;

    Answers(Upstream upstream, FaultyNode node, List<Fault> faults) {
        this.upstream = upstream;
        this.random = node.random();
        this.faults = faults;
    }

    /** Whether there is anything to change; else the bytes are passed on as they are. */
    boolean touch(JsonNode asked) {
        return !asked.isMissingNode()
                && faults.stream().anyMatch(fault -> switch (fault.effect()) {
                    case Effect.Error error -> true;
                    case Effect.Lag lag -> true;
                    case Effect.Wrong wrong -> true;
                    case Effect.Batch batch -> asked.isArray();
                    case Effect.Delay other -> false;
                    case Effect.Reset other -> false;
                    case Effect.LostAnswer other -> false;
                    case Effect.Truncated other -> false;
                    case Effect.Http other -> false;
                    case Effect.Gzip other -> false;
                });
    }

    HttpMessage of(JsonNode asked, List<JsonNode> calls) throws IOException {
        Fault.@Nullable BatchReply shape = asked.isArray() ? shape() : null;
        if (shape == Fault.BatchReply.SINGLE_OBJECT) {
            return json(error(asked.path("id"), -32600, "batch requests are not served"));
        }
        LaggingView view = view();
        List<JsonNode> answers = new ArrayList<>();
        ArrayNode passed = Conversation.JSON.createArrayNode();
        for (JsonNode call : calls) {
            Effect.@Nullable Error error = error(call);
            if (error == null) {
                passed.add(view.call(call));
            } else {
                answers.add(error(call.path("id"), error.code(), error.message()));
            }
        }
        if (!passed.isEmpty()) {
            HttpMessage reply = upstream.ask(bytes(asked.isArray() ? passed : passed.get(0)));
            JsonNode json = Conversation.parse(reply.body());
            if (json.isArray() != asked.isArray() || !json.isContainer()) {
                return reply; // the node behind is at fault by itself
            }
            List<JsonNode> items = json.isArray() ? List.copyOf(json.values()) : List.of(json);
            items.forEach(item -> {
                String method = method(item, calls);
                answers.add(lie(method, view.answer(method, item)));
            });
        }
        if (!asked.isArray()) {
            return json(answers.getFirst());
        }
        return json(Conversation.JSON.createArrayNode().addAll(shaped(inOrder(answers, calls), shape)));
    }

    private Fault.@Nullable BatchReply shape() {
        return faults.stream()
                .map(Fault::effect)
                .filter(Effect.Batch.class::isInstance)
                .map(effect -> ((Effect.Batch) effect).reply())
                .findFirst()
                .orElse(null);
    }

    private LaggingView view() throws IOException {
        for (Fault fault : faults) {
            if (fault.effect() instanceof Effect.Lag lag) {
                JsonNode head = Conversation.parse(upstream.ask(HEAD).body()).path("result");
                if (!head.isString()) {
                    throw new IOException("no block number");
                }
                return new LaggingView(Math.max(0, LaggingView.quantity(head) - lag.blocks()));
            }
        }
        return LaggingView.NONE;
    }

    private Effect.@Nullable Error error(JsonNode call) {
        for (Fault fault : faults) {
            if (fault.effect() instanceof Effect.Error error
                    && fault.isMeant(call.path("method").asString(""))) {
                return error;
            }
        }
        return null;
    }

    private JsonNode lie(String method, JsonNode answer) {
        JsonNode told = answer;
        for (Fault fault : faults) {
            if (fault.effect() instanceof Effect.Wrong wrong && fault.isMeant(method) && told.has("result")) {
                told = ((ObjectNode) told.deepCopy()).set("result", wrong.result());
            }
        }
        return told;
    }

    private List<JsonNode> shaped(List<JsonNode> answers, Fault.@Nullable BatchReply shape) {
        List<JsonNode> shaped = new ArrayList<>(answers);
        switch (shape) {
            case REVERSED -> Collections.reverse(shaped);
            case SHUFFLED -> Collections.shuffle(shaped, random);
            case MISSING -> shaped.remove(random.nextInt(shaped.size()));
            case DUPLICATE -> {
                int which = random.nextInt(shaped.size());
                shaped.add(which, shaped.get(which));
            }
            case SINGLE_OBJECT -> throw new IllegalStateException("not one of several answers");
            case null -> {}
        }
        return shaped;
    }

    private static List<JsonNode> inOrder(List<JsonNode> answers, List<JsonNode> calls) {
        Map<JsonNode, Integer> places = new HashMap<>();
        calls.forEach(call -> places.put(call.path("id"), places.size()));
        return answers.stream()
                .sorted(Comparator.comparing(answer -> places.getOrDefault(answer.path("id"), calls.size())))
                .toList();
    }

    private static String method(JsonNode answer, List<JsonNode> calls) {
        return calls.stream()
                .filter(call -> call.path("id").equals(answer.path("id")))
                .map(call -> call.path("method").asString(""))
                .findFirst()
                .orElse("");
    }

    private static ObjectNode error(JsonNode id, int code, String message) {
        ObjectNode answer = Conversation.JSON.createObjectNode();
        answer.put("jsonrpc", "2.0");
        answer.set("id", id.isMissingNode() ? Conversation.JSON.nullNode() : id);
        answer.putObject("error").put("code", code).put("message", message);
        return answer;
    }

    private static byte[] bytes(JsonNode json) {
        return Conversation.JSON.writeValueAsBytes(json);
    }

    private static HttpMessage json(JsonNode json) {
        return new HttpMessage("HTTP/1.1 200 OK", Map.of(), bytes(json));
    }
}
