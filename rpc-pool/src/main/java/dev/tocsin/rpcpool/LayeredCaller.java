package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls by layers; a batch is its calls one after the other. */
final class LayeredCaller implements RpcCaller {

    private final Layer layer;
    private final Supplier<CallContext> contexts;

    LayeredCaller(Layer layer, Supplier<CallContext> contexts) {
        this.layer = layer;
        this.contexts = contexts;
    }

    @Override
    public RpcResult call(String method, @Nullable Object... params) throws InterruptedException {
        return result(method, layer.call(RpcCall.of(method, params), contexts.get()));
    }

    /** One deadline for all of them. */
    @Override
    public List<CallOutcome> batch(List<RpcCall> calls) throws InterruptedException {
        CallContext context = contexts.get();
        List<CallOutcome> outcomes = new ArrayList<>();
        for (RpcCall call : calls) {
            outcomes.add(layer.call(call, context));
        }
        return List.copyOf(outcomes);
    }

    static RpcResult result(String method, CallOutcome outcome) {
        return switch (outcome) {
            case CallOutcome.Answered answered -> answered.result();
            case CallOutcome.Rejected rejected -> throw new RpcRejectedException(method, rejected, false);
        };
    }
}
