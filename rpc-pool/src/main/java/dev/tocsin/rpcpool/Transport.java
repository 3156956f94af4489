package dev.tocsin.rpcpool;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;

/** Brings calls to a node and its answers back. Tests have one without a network. */
interface Transport extends AutoCloseable {

    /** One call, one outcome. */
    CallOutcome call(String node, URI url, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException;

    /** Many calls in one request; an outcome for each, in order. What the node itself cannot do is rejected too. */
    List<CallOutcome> batch(String node, URI url, List<RpcCall> calls, Duration timeout)
            throws NodeFailure, InterruptedException;

    /** For the WebSocket of the heads, which shares the connections' owner. */
    HttpClient client();

    /** Frees the connections; calls under way fail. */
    @Override
    void close();
}
