package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The order of logs in the chain: by block, then by their index in it. */
final class LogOrder {

    private static final Comparator<JsonNode> BY_PLACE = Comparator.<JsonNode>comparingLong(
                    log -> number(log, "blockNumber"))
            .thenComparingLong(log -> number(log, "logIndex"));

    private LogOrder() {}

    /** The logs of parts of the same blocks as one list; what is pending comes last. */
    static ArrayNode merged(List<ArrayNode> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        List<JsonNode> logs = new ArrayList<>();
        parts.forEach(part -> part.forEach(logs::add));
        logs.sort(BY_PLACE);
        return JsonNodeFactory.instance.arrayNode(logs.size()).addAll(logs);
    }

    private static long number(JsonNode log, String field) {
        JsonNode value = log.path(field);
        long number = value.isString() ? Hex.number(value.stringValue()) : -1;
        return number < 0 ? Long.MAX_VALUE : number;
    }
}
