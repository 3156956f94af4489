package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;

/** One call at one node, counted and told as any other. */
@FunctionalInterface
public interface NodeAsk {
    CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException;

    /** The same as part of a call that is watched. */
    default NodeAsk watchedBy(Watch watch) {
        return this;
    }
}
