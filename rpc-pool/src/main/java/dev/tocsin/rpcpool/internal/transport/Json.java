package dev.tocsin.rpcpool.internal.transport;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;

/** JSON-RPC as JSON. */
public final class Json {

    private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]{0,80}");
    private static final Pattern QUANTITY = Pattern.compile("0x[0-9a-fA-F]{1,64}");

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(100_000_000)
                            .maxNestingDepth(500) // as deep as it can be written again
                            .build())
                    .build())
            .addModule(new SimpleModule().setSerializerModifier(new NoBeans()))
            .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .build();

    private Json() {}

    /** Refuses objects that are not made of what JSON has, such as a thread: nobody knows what they mean to a node. */
    private static final class NoBeans extends ValueSerializerModifier {
        private static final long serialVersionUID = 1;

        @Override
        public List<BeanPropertyWriter> changeProperties(
                SerializationConfig config, BeanDescription.Supplier type, List<BeanPropertyWriter> properties) {
            throw InvalidDefinitionException.from(
                    (JsonGenerator) null, "it is not made of what JSON has", type.getType());
        }
    }

    public static byte[] request(long id, RpcCall call) {
        return MAPPER.writeValueAsBytes(object(id, call));
    }

    public static byte[] batch(long firstId, List<RpcCall> calls) {
        ArrayNode array = MAPPER.createArrayNode();
        for (int i = 0; i < calls.size(); i++) {
            array.add(object(firstId + i, calls.get(i)));
        }
        return MAPPER.writeValueAsBytes(array);
    }

    /** The tree, or null if the body is no JSON. */
    public static @Nullable JsonNode parse(byte[] body) {
        try {
            JsonNode tree = MAPPER.readTree(body);
            return tree == null || tree.isMissingNode() ? null : tree;
        } catch (JacksonException e) {
            return null;
        }
    }

    public static BigInteger quantity(JsonNode node) {
        String text = node.isString() ? node.stringValue() : "";
        if (!QUANTITY.matcher(text).matches()) {
            throw new RpcException(
                    "expected a quantity (0x and hexadecimal digits), the node answered " + brief(node), null);
        }
        return new BigInteger(text.substring(2), 16);
    }

    public static long longQuantity(JsonNode node) {
        BigInteger quantity = quantity(node);
        if (quantity.bitLength() > 63) {
            throw new RpcException("expected a quantity of at most 63 bits, the node answered " + brief(node), null);
        }
        return quantity.longValueExact();
    }

    /** Whether {@link #quantity} can read it. */
    public static boolean isQuantity(JsonNode node) {
        return node.isString() && QUANTITY.matcher(node.stringValue()).matches();
    }

    /** Whether {@link #longQuantity} can read it. */
    public static boolean isLongQuantity(JsonNode node) {
        return isQuantity(node) && quantity(node).bitLength() <= 63;
    }

    /** For messages: hexadecimal and numbers as they are; of other texts only the length, since they may repeat a URL. */
    public static String brief(JsonNode node) {
        if (node.isString()) {
            String text = node.stringValue();
            return HEX.matcher(text).matches() ? text : "a text of " + text.length() + " characters";
        }
        return node.isContainer() ? "a structure" : node.toString();
    }

    private static JsonNode params(RpcCall call) {
        try {
            return MAPPER.valueToTree(call.params());
        } catch (InvalidDefinitionException e) {
            throw new IllegalArgumentException(
                    "the parameters of " + call.method() + " cannot be written as JSON, there is a "
                            + e.getType().getRawClass().getName() + " among them",
                    e);
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
