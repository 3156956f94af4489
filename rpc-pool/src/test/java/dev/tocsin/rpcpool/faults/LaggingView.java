package dev.tocsin.rpcpool.faults;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The chain as a node sees it that is behind.
 *
 * @param head the number of the last block it knows
 */
record LaggingView(long head) {

    private static final Set<String> NEWEST = Set.of("latest", "pending");

    /** Of a node that is not behind. */
    static final LaggingView NONE = new LaggingView(Long.MAX_VALUE);

    /** A call as it is passed on: the newest block is ours. */
    JsonNode call(JsonNode call) {
        JsonNode params = call.path("params");
        if (this == NONE || !params.isArray()) {
            return call;
        }
        ObjectNode changed = (ObjectNode) call.deepCopy();
        ArrayNode values = (ArrayNode) changed.get("params");
        for (int i = 0; i < values.size(); i++) {
            JsonNode value = values.get(i);
            if (isNewest(value)) {
                values.set(i, number());
            } else if (value.isObject()) {
                for (String name : Set.of("fromBlock", "toBlock")) {
                    if (isNewest(value.path(name))) {
                        ((ObjectNode) value).set(name, number());
                    }
                }
            }
        }
        return changed;
    }

    /** An answer as it is given: later blocks, and what is in them, do not exist. */
    JsonNode answer(String method, JsonNode answer) {
        JsonNode result = answer.path("result");
        if (this == NONE) {
            return answer;
        }
        if (method.equals("eth_blockNumber") && result.isString()) {
            return ((ObjectNode) answer.deepCopy()).put("result", number().stringValue());
        }
        if (result.isObject() && isLater(result)) {
            return ((ObjectNode) answer.deepCopy()).putNull("result");
        }
        if (result.isArray()) {
            ObjectNode changed = (ObjectNode) answer.deepCopy();
            ArrayNode known = changed.putArray("result");
            result.forEach(item -> {
                if (!isLater(item)) {
                    known.add(item);
                }
            });
            return changed;
        }
        return answer;
    }

    private boolean isLater(JsonNode item) {
        JsonNode number = item.path(item.has("blockNumber") ? "blockNumber" : "number");
        return number.isString() && quantity(number) > head;
    }

    private static boolean isNewest(JsonNode value) {
        return value.isString() && NEWEST.contains(value.stringValue());
    }

    private StringNode number() {
        return StringNode.valueOf("0x" + Long.toHexString(head));
    }

    static long quantity(JsonNode hex) {
        return Long.parseUnsignedLong(hex.asString().substring(2), 16);
    }
}
