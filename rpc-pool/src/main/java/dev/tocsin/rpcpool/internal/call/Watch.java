package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.BroadcastReport;
import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.RpcPoolListener;
import dev.tocsin.rpcpool.RpcPoolListener.AttemptTrace;
import dev.tocsin.rpcpool.RpcPoolListener.Call;
import dev.tocsin.rpcpool.RpcPoolListener.CallTrace;
import dev.tocsin.rpcpool.RpcPoolListener.Outcome;
import dev.tocsin.rpcpool.RpcPoolListener.Purpose;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One call while it is made: counts its attempts, on whichever threads they are, and tells them to those who follow the call. */
public final class Watch {

    /** Of what is no call of a caller's, or when nobody listens. */
    public static final Watch NONE = new Watch("", null);

    private final String method;
    private final @Nullable CallTrace trace;
    private final AtomicInteger attempts = new AtomicInteger();

    Watch(String method, @Nullable CallTrace trace) {
        this.method = method;
        this.trace = trace;
    }

    /** An attempt begins; what follows it, null if nothing does. */
    @Nullable AttemptTrace attempt(String node, String asked, Purpose purpose) {
        if (this != NONE) {
            attempts.incrementAndGet();
        }
        return trace == null ? null : trace.attempt(node, asked, purpose);
    }

    /**
     * The call ended.
     *
     * @param said what was given to the caller, or thrown; null if that is a bug
     */
    void end(@Nullable Object said, long tookNanos, RpcPoolListener listener) {
        Call call = new Call(
                method, outcome(said), refusal(said), attempts.get(), Duration.ofNanos(Math.max(0, tookNanos)));
        listener.onCall(call);
        if (trace != null) {
            trace.end(call);
        }
    }

    private static Outcome outcome(@Nullable Object said) {
        return switch (said) {
            case null -> Outcome.GIVEN_UP;
            case RpcRejectedException refused -> Outcome.REJECTED;
            case NoNodeException unserved -> Outcome.FAILED;
            case Exception other -> Outcome.GIVEN_UP; // interrupted, closed, or thrown by what the caller gave us
            case CallOutcome.Rejected refused -> Outcome.REJECTED;
            case SendOutcome.Rejected refused -> Outcome.REJECTED;
            case SendOutcome.Unknown unknown -> Outcome.FAILED;
            case BroadcastReport report -> outcome(report.outcome());
            default -> Outcome.ANSWERED;
        };
    }

    private static Optional<ErrorClass> refusal(@Nullable Object said) {
        return switch (said) {
            case RpcRejectedException refused -> Optional.of(refused.errorClass());
            case CallOutcome.Rejected refused -> Optional.of(refused.errorClass());
            case SendOutcome.Rejected refused -> Optional.of(refused.errorClass());
            case BroadcastReport report -> refusal(report.outcome());
            case null, default -> Optional.empty();
        };
    }
}
