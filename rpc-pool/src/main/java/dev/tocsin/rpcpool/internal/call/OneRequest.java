package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Many calls in one request. If the node cannot serve one of them, all are asked of another; at the end the last node's outcomes are taken. */
public final class OneRequest implements BatchLayer {

    private final Retry retry;
    private final Transport transport;

    public OneRequest(Retry retry, Transport transport) {
        this.retry = retry;
        this.transport = transport;
    }

    @Override
    public List<CallOutcome> batch(List<RpcCall> calls, CallContext context) throws InterruptedException {
        boolean once = calls.stream().anyMatch(call -> Methods.of(call.method()).changes());
        AtomicReference<@Nullable List<CallOutcome>> partly = new AtomicReference<>();
        try {
            Attempts.Request<List<CallOutcome>> request = (node, timeout, cancellation) -> {
                partly.set(null);
                List<CallOutcome> outcomes = transport.batch(node.name(), node.url(), calls, timeout, cancellation);
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

    private static Optional<CallOutcome.Rejected> refusalOfTheNode(List<CallOutcome> outcomes) {
        return outcomes.stream()
                .filter(CallOutcome.Rejected.class::isInstance)
                .map(CallOutcome.Rejected.class::cast)
                .filter(rejected -> !NodeFailure.callIsAtFault(rejected.errorClass()))
                .findFirst();
    }
}
