package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC call.
 *
 * @param method such as {@code eth_getLogs}
 * @param params what can be written as JSON: strings, numbers, booleans, maps, lists and nulls; numbers of blocks as {@link #quantity} writes them
 * @see <a href="https://www.jsonrpc.org/specification">JSON-RPC 2.0</a>
 */
public record RpcCall(String method, List<@Nullable Object> params) {

    /** Checks and copies. */
    public RpcCall {
        if (requireNonNull(method, "method").isBlank()) {
            throw new IllegalArgumentException("method must not be blank");
        }
        params = Collections.unmodifiableList(new ArrayList<>(requireNonNull(params, "params")));
    }

    /**
     * A call.
     *
     * @param method the method
     * @param params its parameters
     * @return the call
     */
    public static RpcCall of(String method, @Nullable Object... params) {
        return new RpcCall(method, Arrays.asList(requireNonNull(params, "params")));
    }

    /**
     * A number as JSON-RPC has it ("quantity"), for a parameter: the number of a block, a nonce.
     *
     * @param number from 0
     * @return 0x and hexadecimal digits, such as {@code 0x1b4}
     * @throws IllegalArgumentException if it is negative
     */
    public static String quantity(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("number must be at least 0, was " + number);
        }
        return Hex.quantity(number);
    }

    /** Those of a batch, copied; which of them is missing is said. */
    static List<RpcCall> copyOf(List<RpcCall> batch) {
        requireNonNull(batch, "batch");
        for (int i = 0; i < batch.size(); i++) {
            int place = i;
            requireNonNull(batch.get(i), () -> "batch[" + place + "]");
        }
        return List.copyOf(batch);
    }
}
