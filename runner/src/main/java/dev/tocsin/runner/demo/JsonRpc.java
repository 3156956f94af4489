package dev.tocsin.runner.demo;

import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** JSON-RPC 2.0 as geth speaks it: single calls, batches, notifications, and the errors of all of them. */
final class JsonRpc {

    private static final int MAX_BATCH = 1000;
    private static final int MAX_BATCH_ANSWER_CHARS = 25_000_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final NodeMethods methods;

    JsonRpc(NodeMethods methods) {
        this.methods = methods;
    }

    /** Where subscriptions of a connection live. */
    interface Subscriptions {

        /** Begins once the answer with the id is on its way; false if there are too many. No filter means new heads. */
        boolean add(String id, @Nullable LogFilter filter);

        boolean remove(String id);
    }

    /**
     * Answers a message.
     *
     * @param subscriptions the connection's; null if it cannot have any
     * @return the answer's text, or empty if there is nothing to answer
     */
    Optional<String> answer(String message, @Nullable Subscriptions subscriptions) {
        if (message.isBlank()) {
            return Optional.empty();
        }
        JsonNode parsed;
        try {
            parsed = NodeJson.JSON.readTree(message);
        } catch (JacksonException e) {
            return Optional.of(error(NullNode.getInstance(), RpcFailure.PARSE, "parse error"));
        }
        return parsed.isArray() ? batch(parsed, subscriptions) : single(parsed, subscriptions);
    }

    /** A subscription's message. */
    static String notification(String subscription, JsonNode result) {
        ObjectNode node = NodeJson.JSON.createObjectNode();
        node.put("jsonrpc", "2.0").put("method", "eth_subscription");
        node.putObject("params").put("subscription", subscription).set("result", result);
        return NodeJson.JSON.writeValueAsString(node);
    }

    private Optional<String> batch(JsonNode calls, @Nullable Subscriptions subscriptions) {
        if (calls.isEmpty()) {
            return Optional.of(error(NullNode.getInstance(), RpcFailure.INVALID_REQUEST, "empty batch"));
        }
        if (calls.size() > MAX_BATCH) {
            JsonNode id = calls.get(0).path("id");
            return Optional.of("[" + error(shownId(id), RpcFailure.INVALID_REQUEST, "batch too large") + "]");
        }
        StringBuilder answers = new StringBuilder();
        for (JsonNode call : calls) {
            Optional<String> answer = answers.length() > MAX_BATCH_ANSWER_CHARS && isCall(call)
                    ? Optional.of(error(shownId(call.path("id")), RpcFailure.TOO_LARGE, "response too large"))
                    : single(call, subscriptions);
            answer.ifPresent(
                    text -> answers.append(answers.isEmpty() ? "[" : ",").append(text));
        }
        return answers.isEmpty()
                ? Optional.empty()
                : Optional.of(answers.append("]").toString());
    }

    private Optional<String> single(JsonNode call, @Nullable Subscriptions subscriptions) {
        if (isResponse(call)) {
            return Optional.empty();
        }
        JsonNode id = call.path("id");
        if (!isCall(call) && !isNotification(call)) {
            return Optional.of(error(shownId(id), RpcFailure.INVALID_REQUEST, "invalid request"));
        }
        String answer = execute(call, id, subscriptions);
        return isNotification(call) ? Optional.empty() : Optional.of(answer);
    }

    private String execute(JsonNode call, JsonNode id, @Nullable Subscriptions subscriptions) {
        String method = call.path("method").asString();
        JsonNode params = call.path("params");
        try {
            JsonNode result = switch (method) {
                case "eth_subscribe" -> subscribe(params, subscriptions);
                case "eth_unsubscribe" -> unsubscribe(params, subscriptions);
                default -> methods.call(method, params);
            };
            ObjectNode node = NodeJson.JSON.createObjectNode();
            node.put("jsonrpc", "2.0").set("id", shownId(id));
            node.set("result", result);
            return NodeJson.JSON.writeValueAsString(node);
        } catch (RpcFailure e) {
            return error(shownId(id), e.code(), e.text());
        }
    }

    private static JsonNode subscribe(JsonNode params, @Nullable Subscriptions subscriptions) throws RpcFailure {
        if (subscriptions == null) {
            throw new RpcFailure(RpcFailure.NO_NOTIFICATIONS, "notifications not supported");
        }
        if (!params.isArray()) {
            throw RpcFailure.invalidParams("non-array args");
        }
        if (!params.path(0).isString()) {
            throw RpcFailure.invalidParams("expected subscription name as first argument");
        }
        LogFilter filter = null;
        switch (params.get(0).asString()) {
            case "newHeads" -> RpcParams.of(params, 1, 1);
            case "logs" -> filter = LogFilter.parse(RpcParams.of(params, 1, 2).get(1), 1);
            default ->
                throw new RpcFailure(
                        RpcFailure.NO_METHOD, "no \"" + params.get(0).asString() + "\" subscription in eth namespace");
        }
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        String id = Hex.data(random);
        if (!subscriptions.add(id, filter)) {
            throw new RpcFailure(RpcFailure.LIMIT, "too many subscriptions");
        }
        return StringNode.valueOf(id);
    }

    private static JsonNode unsubscribe(JsonNode params, @Nullable Subscriptions subscriptions) throws RpcFailure {
        JsonNode id = RpcParams.of(params, 1, 1).get(0);
        if (!id.isString()) {
            throw RpcFailure.invalidArgument(
                    0, "json: cannot unmarshal " + RpcParams.kind(id) + " into Go value of type rpc.ID");
        }
        if (subscriptions == null || !subscriptions.remove(id.asString())) {
            throw new RpcFailure(RpcFailure.SERVER, "subscription not found");
        }
        return BooleanNode.TRUE;
    }

    private static String error(JsonNode id, int code, String text) {
        ObjectNode node = NodeJson.JSON.createObjectNode();
        node.put("jsonrpc", "2.0").set("id", id);
        node.putObject("error").put("code", code).put("message", text);
        return NodeJson.JSON.writeValueAsString(node);
    }

    private static boolean isCall(JsonNode call) {
        return hasMethod(call) && hasValidId(call);
    }

    private static boolean isNotification(JsonNode call) {
        return hasMethod(call) && call.path("id").isMissingNode();
    }

    private static boolean isResponse(JsonNode call) {
        return hasVersion(call) && hasValidId(call) && !call.has("method") && (call.has("result") || call.has("error"));
    }

    private static boolean hasMethod(JsonNode call) {
        JsonNode method = call.path("method");
        return hasVersion(call) && method.isString() && !method.asString().isEmpty();
    }

    private static boolean hasVersion(JsonNode call) {
        JsonNode version = call.path("jsonrpc");
        return version.isString() && version.asString().equals("2.0");
    }

    private static boolean hasValidId(JsonNode call) {
        JsonNode id = call.path("id");
        return !id.isMissingNode() && !id.isContainer();
    }

    private static JsonNode shownId(JsonNode id) {
        return id instanceof MissingNode || id.isContainer() ? NullNode.getInstance() : id;
    }
}
