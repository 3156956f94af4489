package dev.tocsin.rpcpool.internal.transport;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts calls that are made at the same time to the same node into one request. A call waits for company only while the node is busy with
 * other requests of ours, and then only a small part of the time that the node takes to answer. What a batch does not answer is asked
 * alone; how many calls a node takes at once is learned. Slow calls and those that change something always go alone.
 */
public final class BatchingTransport implements Transport {

    private final Transport below;
    private final Timer timer;
    private final int most;
    private final Predicate<RpcCall> mayWait;
    private final BiPredicate<String, URI> isThere;
    private final LongSupplier nanoTicker;
    private final Map<String, BatchLane> lanes = new ConcurrentHashMap<>();

    /**
     * Puts a transport behind it, which it owns.
     *
     * @param most calls in one request
     * @param mayWait whether a call may go with others
     * @param isThere whether there is a node of this name with this URL: an attempt may be the last at one that is gone
     */
    public BatchingTransport(
            Transport below,
            Timer timer,
            int most,
            Predicate<RpcCall> mayWait,
            BiPredicate<String, URI> isThere,
            LongSupplier nanoTicker) {
        this.below = below;
        this.timer = timer;
        this.most = most;
        this.mayWait = mayWait;
        this.isThere = isThere;
        this.nanoTicker = nanoTicker;
    }

    @Override
    public CallOutcome call(String node, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        BatchLane lane = mayWait.test(call) ? lane(node, url) : null;
        return lane == null
                ? below.call(node, url, call, timeout, cancellation)
                : lane.call(call, timeout, cancellation);
    }

    private @Nullable BatchLane lane(String node, URI url) {
        BatchLane lane = lanes.computeIfAbsent(
                node,
                name -> isThere.test(name, url) ? new BatchLane(name, url, below, timer, most, nanoTicker) : null);
        return lane == null || lane.leadsTo(url) ? lane : null; // another may have its name by now
    }

    /** Those who wait in its lane get their answers. */
    @Override
    public void forget(String node) {
        lanes.remove(node);
        below.forget(node);
    }

    /** Lanes there are. */
    int lanes() {
        return lanes.size();
    }

    @Override
    public List<Optional<CallOutcome>> items(
            String node, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        return below.items(node, url, calls, timeout, cancellation);
    }

    @Override
    public HttpClient client() {
        return below.client();
    }

    @Override
    public void close() {
        below.close();
    }
}
