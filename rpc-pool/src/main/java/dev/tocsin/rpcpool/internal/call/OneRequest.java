package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.BatchSize;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Many calls in one request, or in several if the node does not take so many at once. If the node cannot serve one of them, all are asked of another; at the end
 * the last node's outcomes are taken.
 */
public final class OneRequest implements BatchLayer {

    private final Retry retry;
    private final Transport transport;
    private final Meaning meaning;
    private final LongSupplier nanoTicker;
    private final Map<String, BatchSize> sizes = new ConcurrentHashMap<>(); // by the node's name

    public OneRequest(Retry retry, Transport transport, Meaning meaning, LongSupplier nanoTicker) {
        this.retry = retry;
        this.transport = transport;
        this.meaning = meaning;
        this.nanoTicker = nanoTicker;
    }

    /** It is gone. */
    public void forget(Node node) {
        sizes.remove(node.name());
    }

    @Override
    public List<CallOutcome> batch(List<RpcCall> calls, CallContext context) throws InterruptedException {
        boolean once = calls.stream().anyMatch(call -> Methods.of(call.method()).changes());
        AtomicReference<@Nullable List<CallOutcome>> partly = new AtomicReference<>();
        try {
            Attempts.Request<List<CallOutcome>> request = (node, timeout, cancellation) -> {
                partly.set(null);
                List<CallOutcome> outcomes = inParts(node, calls, once, timeout, cancellation);
                Optional<CallOutcome.Rejected> unable = refusalOfTheNode(outcomes);
                if (unable.isPresent()) {
                    partly.set(outcomes);
                    throw NodeFailure.partlyUnable(unable.get(), outcomes);
                }
                return outcomes;
            };
            return retry.batch(once, calls, context, request);
        } catch (RpcRejectedException e) {
            List<CallOutcome> outcomes = partly.get();
            if (outcomes != null) {
                return outcomes;
            }
            throw e;
        }
    }

    /** All of them of one node: cut by what it has refused before, and further when it refuses a part as too large. */
    private List<CallOutcome> inParts(
            Node node, List<RpcCall> calls, boolean once, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        long deadline = nanoTicker.getAsLong() + timeout.toNanos();
        BatchSize size = sizes.getOrDefault(node.name(), new BatchSize(Integer.MAX_VALUE));
        List<CallOutcome> outcomes = new ArrayList<>(calls.size());
        while (outcomes.size() < calls.size()) {
            int begin = outcomes.size();
            int count = Math.min(size.takes(nanoTicker.getAsLong()), calls.size() - begin);
            Duration left = Duration.ofNanos(Math.max(1, deadline - nanoTicker.getAsLong()));
            try {
                List<RpcCall> part = calls.subList(begin, begin + count);
                List<CallOutcome> said = part(node, part, calls.size(), left, cancellation);
                for (int i = 0; i < said.size(); i++) {
                    outcomes.add(meaning.of(part.get(i), said.get(i)));
                }
            } catch (NodeFailure e) {
                if (count > 1 && size.learn(e, count, nanoTicker.getAsLong())) {
                    if (!node.isGone()) {
                        sizes.put(node.name(), size);
                    }
                } else if (once && begin > 0) { // what has been served must not be asked of another
                    throw new NodeFailure(NodeFailure.Kind.UNABLE, e.reason(), e.rejection()).coolingDown(e.coolDown());
                } else {
                    throw e;
                }
            }
        }
        return List.copyOf(outcomes);
    }

    /** A single one of several goes without a batch: the node may not know what that is. */
    private List<CallOutcome> part(Node node, List<RpcCall> part, int of, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        if (part.size() > 1 || of == 1) {
            return transport.batch(node.name(), node.url(), part, timeout, cancellation);
        }
        try {
            return List.of(transport.call(node.name(), node.url(), part.getFirst(), timeout, cancellation));
        } catch (NodeFailure e) {
            if (e.coolDown().isPresent()) {
                throw e; // so are the rest of them
            }
            return List.of(e.rejection().orElseThrow(() -> e));
        }
    }

    private static Optional<CallOutcome.Rejected> refusalOfTheNode(List<CallOutcome> outcomes) {
        return outcomes.stream()
                .filter(CallOutcome.Rejected.class::isInstance)
                .map(CallOutcome.Rejected.class::cast)
                .filter(rejected -> !NodeFailure.callIsAtFault(rejected.errorClass()))
                .findFirst();
    }
}
