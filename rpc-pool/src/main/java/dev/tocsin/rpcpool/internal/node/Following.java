package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.RpcPoolListener.Attempt;
import dev.tocsin.rpcpool.RpcPoolListener.AttemptTrace;
import dev.tocsin.rpcpool.RpcPoolListener.Call;
import dev.tocsin.rpcpool.RpcPoolListener.CallTrace;
import dev.tocsin.rpcpool.RpcPoolListener.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Those who follow one call, of which none can hurt it. */
record Following(List<CallTrace> traces, Consumer<RuntimeException> thrown) implements CallTrace {

    @Override
    public AttemptTrace attempt(String node, String method, Purpose purpose) {
        List<AttemptTrace> attempts = new ArrayList<>(traces.size());
        for (CallTrace trace : traces) {
            try {
                attempts.add(trace.attempt(node, method, purpose));
            } catch (RuntimeException e) {
                thrown.accept(e);
            }
        }
        return attempt -> end(attempts, attempt);
    }

    /** The last that began ends first, so that what they left on the thread is taken from it in order. */
    private void end(List<AttemptTrace> attempts, Attempt attempt) {
        for (AttemptTrace trace : attempts.reversed()) {
            try {
                trace.end(attempt);
            } catch (RuntimeException e) {
                thrown.accept(e);
            }
        }
    }

    @Override
    public void end(Call call) {
        for (CallTrace trace : traces.reversed()) {
            try {
                trace.end(call);
            } catch (RuntimeException e) {
                thrown.accept(e);
            }
        }
    }
}
