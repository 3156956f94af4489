package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;

/** What a node's outcome means for the caller. Told before anything else is made of it, so that retries, hedges and batches all go by it. */
@FunctionalInterface
public interface Meaning {
    CallOutcome of(RpcCall call, CallOutcome outcome);
}
