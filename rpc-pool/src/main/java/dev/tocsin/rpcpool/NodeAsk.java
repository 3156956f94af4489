package dev.tocsin.rpcpool;

import java.time.Duration;

/** One call at one node, counted and told as any other. */
@FunctionalInterface
interface NodeAsk {
    CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException;
}
