package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON-RPC call.
 *
 * @param method such as {@code eth_getLogs}
 * @param params what can be written as JSON: strings, numbers, booleans, maps, lists and nulls
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
