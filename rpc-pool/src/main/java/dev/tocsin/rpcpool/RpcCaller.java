package dev.tocsin.rpcpool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that calls JSON-RPC methods of a chain: the {@linkplain RpcPool pool}, or a way of using it. Safe for use by many threads. */
public interface RpcCaller {

    /**
     * Calls a method. Blocks for at most the pool's call timeout, retries included.
     *
     * @param method such as {@code eth_blockNumber}
     * @param params what can be written as JSON
     * @return the answer
     * @throws IllegalArgumentException if the parameters cannot be written as JSON
     * @throws RpcRejectedException if the call is at fault, or every node asked refused it with an error
     * @throws NoNodeException if no node served it within the timeout; with each node's cause
     * @throws RpcException if the pool is closed; what was under way may have been executed
     * @throws InterruptedException if interrupted; the call may have been executed
     */
    RpcResult call(String method, @Nullable Object... params) throws InterruptedException;

    /**
     * Makes many calls.
     *
     * @param calls the calls; none is an empty answer
     * @return what became of each, in the order of the calls
     * @throws IllegalArgumentException if the parameters cannot be written as JSON
     * @throws RpcRejectedException if every node asked refused the whole batch with one error
     * @throws NoNodeException if no node served it within the timeout
     * @throws RpcException if the pool is closed; what was under way may have been executed
     * @throws InterruptedException if interrupted; the calls may have been executed
     */
    List<CallOutcome> batch(List<RpcCall> calls) throws InterruptedException;
}
