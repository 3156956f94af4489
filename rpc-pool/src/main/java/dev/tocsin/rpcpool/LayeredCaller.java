package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Entrance;
import dev.tocsin.rpcpool.internal.view.View;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls and batches by the layers below a view. */
final class LayeredCaller implements RpcCaller {

    private final View view;
    private final Entrance entrance;
    private final Supplier<CallContext> contexts;

    LayeredCaller(View view, Entrance entrance, Supplier<CallContext> contexts) {
        this.view = view;
        this.entrance = entrance;
        this.contexts = contexts;
    }

    @Override
    public RpcResult call(String method, @Nullable Object... params) throws InterruptedException {
        RpcCall call = RpcCall.of(method, params);
        return entrance.through(method, contexts.get(), context -> result(method, view.call(call, context)));
    }

    @Override
    public List<CallOutcome> batch(List<RpcCall> calls) throws InterruptedException {
        List<RpcCall> copy = RpcCall.copyOf(calls);
        if (copy.isEmpty()) {
            return List.of();
        }
        return entrance.through("batch", contexts.get(), context -> view.batch(copy, context));
    }

    static RpcResult result(String method, CallOutcome outcome) {
        return switch (outcome) {
            case CallOutcome.Answered answered -> answered.result();
            case CallOutcome.Rejected rejected -> throw new RpcRejectedException(method, rejected, false);
        };
    }
}
