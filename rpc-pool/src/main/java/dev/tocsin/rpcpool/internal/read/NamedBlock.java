package dev.tocsin.rpcpool.internal.read;

import dev.tocsin.rpcpool.internal.method.BlockRef;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The block that an answer names: a block itself, a receipt's or transaction's, that of the last log of a list. */
record NamedBlock(long number, String hash) {

    /** Null if it names none. */
    static @Nullable NamedBlock of(JsonNode answer) {
        JsonNode object = object(answer);
        JsonNode hash = object.get("blockHash");
        JsonNode number = object.get("blockNumber");
        if (hash == null && number == null) {
            hash = object.get("hash");
            number = object.get("number");
        }
        return hash != null && hash.isString() && BlockRef.of(number) instanceof BlockRef.ByNumber by
                ? new NamedBlock(by.number(), hash.stringValue())
                : null;
    }

    /** Whether it is of no block yet; on zkSync, of no batch yet. */
    static boolean isPending(JsonNode answer) {
        JsonNode object = object(answer);
        return isNull(object, "blockHash") || isNull(object, "hash") || isNull(object, "l1BatchNumber");
    }

    private static boolean isNull(JsonNode object, String name) {
        JsonNode field = object.get(name);
        return field != null && field.isNull();
    }

    private static JsonNode object(JsonNode answer) {
        return answer.isArray() && !answer.isEmpty() ? answer.get(answer.size() - 1) : answer;
    }
}
