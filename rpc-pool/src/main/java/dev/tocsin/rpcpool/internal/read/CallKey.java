package dev.tocsin.rpcpool.internal.read;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A call in one form: the same for calls that mean the same. The order of fields and the case of hexadecimal digits do not count; leading
 * zeros, and parameters that are left out, do, since nodes differ there.
 *
 * @param text method and parameters, each value with its kind and length before it, so that no two can be mixed up
 */
public record CallKey(String text) {

    private static final int DEEPEST = 64;
    private static final int LONGEST = 1 << 20; // also ends what contains itself more than once
    private static final int USUAL_LENGTH = 160;
    private static final Comparator<Map.Entry<String, ?>> BY_FIELD = Comparator.<Map.Entry<String, ?>, String>comparing(
                    field -> Hex.smallIfHex(field.getKey()))
            .thenComparing(Map.Entry::getKey);

    /** The call's key; null if a parameter is not made of what JSON is made of, so that it cannot be told what it means. */
    public static @Nullable CallKey of(RpcCall call) {
        StringBuilder to =
                new StringBuilder(USUAL_LENGTH).append(call.method().length()).append(call.method());
        return writeAll(to, call.params(), 0) ? new CallKey(to.toString()) : null;
    }

    private static boolean write(StringBuilder to, @Nullable Object value, int depth) {
        if (value instanceof String text) {
            writeText(to, text);
            return true;
        }
        if (value == null) {
            to.append('n');
            return true;
        }
        if (value instanceof Boolean truth) {
            to.append(truth ? 't' : 'f');
            return true;
        }
        if (value instanceof Number number) {
            return writeNumber(to, number);
        }
        if (depth == DEEPEST || to.length() > LONGEST) {
            return false;
        }
        if (value instanceof Map<?, ?> map) {
            return writeFields(to, map.entrySet(), depth + 1);
        }
        if (value instanceof Collection<?> list) {
            return writeAll(to, list, depth + 1);
        }
        if (value instanceof Object[] array) {
            return writeAll(to, Arrays.asList(array), depth + 1);
        }
        return value instanceof JsonNode node && writeNode(to, node, depth);
    }

    private static void writeText(StringBuilder to, String text) {
        to.append('"').append(text.length()).append(':').append(Hex.smallIfHex(text));
    }

    private static boolean writeNumber(StringBuilder to, Number number) {
        boolean isJson = number instanceof Integer
                || number instanceof Long
                || number instanceof BigInteger
                || number instanceof Double
                || number instanceof BigDecimal
                || number instanceof Short
                || number instanceof Byte
                || number instanceof Float;
        to.append('#').append(number).append(';');
        return isJson;
    }

    private static boolean writeAll(StringBuilder to, Collection<?> values, int depth) {
        to.append('[');
        for (Object value : values) {
            if (!write(to, value, depth)) {
                return false;
            }
        }
        to.append(']');
        return true;
    }

    private static boolean writeNode(StringBuilder to, JsonNode node, int depth) {
        return switch (node.getNodeType()) {
            case STRING -> write(to, node.stringValue(), depth);
            case NUMBER -> write(to, node.numberValue(), depth);
            case BOOLEAN -> write(to, node.booleanValue(), depth);
            case NULL -> write(to, null, depth);
            case ARRAY -> writeAll(to, node.values(), depth + 1);
            case OBJECT -> writeFields(to, node.properties(), depth + 1);
            case BINARY, MISSING, POJO -> false;
        };
    }

    private static boolean writeFields(StringBuilder to, Collection<? extends Map.Entry<?, ?>> fields, int depth) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Map.Entry<String, ?>[] sorted = new Map.Entry[fields.size()];
        int count = 0;
        for (Map.Entry<?, ?> field : fields) {
            if (!(field.getKey() instanceof String) || count == sorted.length) {
                return false;
            }
            @SuppressWarnings("unchecked")
            Map.Entry<String, ?> named = (Map.Entry<String, ?>) field;
            sorted[count++] = named;
        }
        if (count > 1) {
            Arrays.sort(sorted, 0, count, BY_FIELD);
        }
        to.append('{');
        for (int i = 0; i < count; i++) {
            writeText(to, sorted[i].getKey());
            if (!write(to, sorted[i].getValue(), depth)) {
                return false;
            }
        }
        to.append('}');
        return true;
    }
}
