package dev.tocsin.rpcpool.internal.consensus;

import dev.tocsin.rpcpool.CallOutcome;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What of an answer is compared with those of other nodes: not the order of fields, nor the case of hexadecimal digits. */
final class Statement {

    private Statement() {}

    /** Two are equal if and only if the answers say the same. */
    static Object of(CallOutcome outcome, Set<String> ignoredFields) {
        return switch (outcome) {
            case CallOutcome.Answered answered -> canonical(answered.result().tree(), ignoredFields);
            // the words of an error are each client's own
            case CallOutcome.Rejected rejected -> rejected.errorClass();
        };
    }

    private static JsonNode canonical(JsonNode tree, Set<String> ignored) {
        if (tree.isString()) {
            String text = tree.stringValue();
            return text.startsWith("0x") || text.startsWith("0X")
                    ? JsonNodeFactory.instance.stringNode(text.toLowerCase(Locale.ROOT))
                    : tree;
        }
        if (tree.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            tree.forEach(item -> array.add(canonical(item, ignored)));
            return array;
        }
        if (tree.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            tree.properties().forEach(field -> {
                if (!ignored.contains(field.getKey())) {
                    object.set(field.getKey(), canonical(field.getValue(), ignored));
                }
            });
            return object;
        }
        return tree;
    }
}
