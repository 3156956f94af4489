package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;

/** A stretch of a call's way from the caller to a node: serves it, or asks the layer below. Safe for use by many threads. */
@FunctionalInterface
public interface Layer {

    /**
     * Serves a call.
     *
     * @throws dev.tocsin.rpcpool.RpcException if nobody served it
     */
    CallOutcome call(RpcCall call, CallContext context) throws InterruptedException;
}
