package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Nodes without a network for tests that make single calls. */
interface WithoutBatches extends Transport {

    @Override
    default List<Optional<CallOutcome>> items(
            String name, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation) {
        throw new AssertionError("no batches here");
    }

    @Override
    default HttpClient client() {
        return HttpClient.newHttpClient();
    }

    @Override
    default void close() {}
}
