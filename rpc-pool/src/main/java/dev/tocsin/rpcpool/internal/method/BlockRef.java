package dev.tocsin.rpcpool.internal.method;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The block that a parameter names. Reading it never throws, whatever the parameter is.
 *
 * @see <a href="https://eips.ethereum.org/EIPS/eip-1898">EIP-1898</a>
 */
public sealed interface BlockRef {

    /** By number. */
    record ByNumber(long number) implements BlockRef {}

    /** By hash; {@code onlyCanonical}: to be refused when the block is no longer part of the chain. */
    record ByHash(String hash, boolean onlyCanonical) implements BlockRef {}

    /** By a name, whose block changes. */
    enum Tag implements BlockRef {
        LATEST,
        SAFE,
        FINALIZED,
        PENDING,
        EARLIEST
    }

    /** No block, or what no node would take for one. */
    enum None implements BlockRef {
        NONE
    }

    /** The block that a parameter names: a text, a number, or an object with {@code blockNumber} or {@code blockHash}. */
    static BlockRef of(@Nullable Object parameter) {
        Object value = parameter instanceof JsonNode node ? plain(node) : parameter;
        if (value instanceof String text) {
            return ofText(text, false);
        }
        if (value instanceof Map || value instanceof JsonNode) {
            Object hash = field(value, "blockHash");
            if (hash != null) {
                boolean onlyCanonical = Boolean.TRUE.equals(field(value, "requireCanonical"));
                return hash instanceof String text && Hex.isHash(text) ? ofText(text, onlyCanonical) : None.NONE;
            }
            Object number = field(value, "blockNumber");
            return number instanceof Map || number instanceof JsonNode ? None.NONE : of(number);
        }
        return ofNumber(value);
    }

    /** A field of an object, whatever stands for the object; null if it has none. */
    static @Nullable Object field(@Nullable Object object, String name) {
        if (object instanceof JsonNode node) {
            JsonNode field = node.get(name);
            return field == null ? null : plain(field);
        }
        if (object instanceof Map<?, ?> map) {
            try {
                Object field = map.get(name);
                return field instanceof JsonNode node ? plain(node) : field;
            } catch (ClassCastException e) {
                return null; // a sorted map whose keys are no texts
            }
        }
        return null;
    }

    private static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> node.stringValue();
            case NUMBER -> node.numberValue();
            case BOOLEAN -> node.booleanValue();
            case NULL, MISSING -> null;
            default -> node;
        };
    }

    private static BlockRef ofText(String text, boolean onlyCanonical) {
        if (text.startsWith("0x")) {
            if (Hex.isHash(text)) {
                return new ByHash(text, onlyCanonical);
            }
            long number = Hex.number(text);
            return number < 0 ? None.NONE : new ByNumber(number);
        }
        return switch (text) {
            case "latest" -> Tag.LATEST;
            case "safe" -> Tag.SAFE;
            case "finalized" -> Tag.FINALIZED;
            case "pending" -> Tag.PENDING;
            case "earliest" -> Tag.EARLIEST;
            default -> None.NONE;
        };
    }

    private static BlockRef ofNumber(@Nullable Object value) {
        long number = switch (value) {
            case Long whole -> whole;
            case Integer whole -> whole;
            case BigInteger whole when whole.bitLength() < Long.SIZE -> whole.longValue();
            case null, default -> -1;
        };
        return number < 0 ? None.NONE : new ByNumber(number);
    }
}
