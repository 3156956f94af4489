package dev.tocsin.rpcpool.error;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An error as a node gave it, and from whom. What is not known is null or empty; the more is known, the surer the class.
 *
 * @param provider who runs the node, such as {@code alchemy}, in any case; null if not known
 * @param client what {@code web3_clientVersion} says, or its first word, such as {@code geth}; null if not known
 * @param method the method that was called; null if not known
 * @param httpStatus of the answer
 * @param code of the JSON-RPC error
 * @param message the error's text, or the body of an answer that was not JSON-RPC; may be empty
 * @param data the JSON-RPC error's data, such as revert data; null if there was none
 */
public record RpcError(
        @Nullable String provider,
        @Nullable String client,
        @Nullable String method,
        OptionalInt httpStatus,
        OptionalInt code,
        String message,
        @Nullable String data) {

    /** Checks that nothing is missing. */
    public RpcError {
        requireNonNull(httpStatus, "httpStatus");
        requireNonNull(code, "code");
        requireNonNull(message, "message");
    }

    /**
     * An error of which only its text and code are known.
     *
     * @param code of the JSON-RPC error
     * @param message its text
     * @return the error
     */
    public static RpcError of(int code, String message) {
        return new RpcError(null, null, null, OptionalInt.empty(), OptionalInt.of(code), message, null);
    }
}
