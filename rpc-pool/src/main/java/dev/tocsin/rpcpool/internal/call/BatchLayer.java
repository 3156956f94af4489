package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import java.util.ArrayList;
import java.util.List;

/** As {@link Layer}, for many calls in one request. Safe for use by many threads. */
@FunctionalInterface
public interface BatchLayer {

    /**
     * Serves the calls.
     *
     * @return an outcome for each, in order
     * @throws dev.tocsin.rpcpool.RpcException if nobody served them
     */
    List<CallOutcome> batch(List<RpcCall> calls, CallContext context) throws InterruptedException;

    /** Makes the calls one after the other. */
    static BatchLayer oneByOne(Layer layer) {
        return (calls, context) -> {
            List<CallOutcome> outcomes = new ArrayList<>(calls.size());
            for (RpcCall call : calls) {
                outcomes.add(layer.call(call, context));
            }
            return List.copyOf(outcomes);
        };
    }
}
