package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.internal.transport.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A block at the end of the chain.
 *
 * @param hash null if only the number was told
 * @param parent the hash of the block before; null likewise
 */
public record Head(
        long number, @Nullable String hash, @Nullable String parent) {

    /** Of a block as nodes tell of it; null if that is none. */
    public static @Nullable Head of(JsonNode block) {
        JsonNode number = block.path("number");
        return Json.isLongQuantity(number)
                ? new Head(Json.longQuantity(number), text(block.path("hash")), text(block.path("parentHash")))
                : null;
    }

    private static @Nullable String text(JsonNode value) {
        return value.isString() ? value.stringValue() : null;
    }

    /** What it tells of the block of a number: of itself or of the one before; null if nothing. */
    @Nullable Head at(long wanted) {
        if (wanted == number) {
            return hash == null ? null : this;
        }
        return wanted == number - 1 && parent != null ? new Head(wanted, parent, null) : null;
    }

    /** Whether both are of one hash. */
    boolean isSame(Head other) {
        return hash != null && hash.equalsIgnoreCase(other.hash);
    }
}
