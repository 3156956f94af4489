package dev.tocsin.rpcpool.internal.transport;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Brings calls to a node and its answers back. Tests have one without a network. */
public interface Transport extends AutoCloseable {

    /** One call, one outcome. Giving it up frees its connection and is a failure of the kind {@link NodeFailure.Kind#GIVEN_UP}. */
    CallOutcome call(String node, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException;

    /** One call that nobody gives up. */
    default CallOutcome call(String node, URI url, RpcCall call, Duration timeout)
            throws NodeFailure, InterruptedException {
        return call(node, url, call, timeout, new Cancellation());
    }

    /** Many calls in one request; an outcome for each, in order. What the node itself cannot do is rejected too. */
    default List<CallOutcome> batch(
            String node, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        List<CallOutcome> outcomes = new ArrayList<>();
        for (Optional<CallOutcome> item : items(node, url, calls, timeout, cancellation)) {
            outcomes.add(item.orElseThrow(() -> new NodeFailure(
                    NodeFailure.Kind.MAYBE_SENT, "a batch that does not have one answer to each request")));
        }
        return List.copyOf(outcomes);
    }

    /** As {@link #batch}; empty for a call to which there is no answer, or more than one. */
    List<Optional<CallOutcome>> items(
            String node, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException;

    /** Sets who knows what a node runs on, by its name: that helps to tell what its errors mean. */
    default void knowing(Function<String, Optional<String>> clients) {}

    /** A node is gone: nothing is kept of it. */
    default void forget(String node) {}

    /** For the WebSocket of the heads, which shares the connections' owner. */
    HttpClient client();

    /** Frees the connections; calls under way fail. */
    @Override
    void close();
}
