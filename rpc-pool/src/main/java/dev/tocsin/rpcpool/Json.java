package dev.tocsin.rpcpool;

import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON-RPC as JSON. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(100_000_000)
                            .maxNestingDepth(200)
                            .build())
                    .build())
            .build();

    private Json() {}

    static byte[] request(long id, RpcCall call) {
        return MAPPER.writeValueAsBytes(object(id, call));
    }

    static byte[] batch(long firstId, List<RpcCall> calls) {
        ArrayNode array = MAPPER.createArrayNode();
        for (int i = 0; i < calls.size(); i++) {
            array.add(object(firstId + i, calls.get(i)));
        }
        return MAPPER.writeValueAsBytes(array);
    }

    /** The tree, or null if the body is no JSON. */
    static @Nullable JsonNode parse(byte[] body) {
        try {
            JsonNode tree = MAPPER.readTree(body);
            return tree == null || tree.isMissingNode() ? null : tree;
        } catch (JacksonException e) {
            return null;
        }
    }

    static BigInteger quantity(JsonNode node) {
        String text = node.isString() ? node.stringValue() : "";
        if (text.length() < 3 || !text.startsWith("0x") || text.length() > 66) {
            throw new RpcException(
                    "expected a quantity (0x and hexadecimal digits), the node answered " + brief(node), null);
        }
        try {
            return new BigInteger(text.substring(2), 16);
        } catch (NumberFormatException e) {
            throw new RpcException(
                    "expected a quantity (0x and hexadecimal digits), the node answered " + brief(node), e);
        }
    }

    static long longQuantity(JsonNode node) {
        BigInteger quantity = quantity(node);
        if (quantity.signum() < 0 || quantity.bitLength() > 63) {
            throw new RpcException("expected a quantity of at most 63 bits, the node answered " + brief(node), null);
        }
        return quantity.longValueExact();
    }

    static String brief(JsonNode node) {
        String text = node.toString();
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }

    private static JsonNode params(RpcCall call) {
        try {
            return MAPPER.valueToTree(call.params());
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the parameters of " + call.method() + " cannot be written as JSON", e);
        }
    }

    private static ObjectNode object(long id, RpcCall call) {
        ObjectNode object = MAPPER.createObjectNode();
        object.put("jsonrpc", "2.0");
        object.put("id", id);
        object.put("method", call.method());
        object.set("params", params(call));
        return object;
    }
}
