package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.PoolStatus;
import dev.tocsin.rpcpool.RpcPoolListener;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every listener; one that throws hurts nobody and is logged once. */
public final class Listeners implements RpcPoolListener {

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<RpcPoolListener> listeners;
    private final AtomicBoolean logged = new AtomicBoolean();
    private final AtomicBoolean toldClose = new AtomicBoolean();

    public Listeners(List<RpcPoolListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    /** Whether nobody listens. */
    public boolean isEmpty() {
        return listeners.isEmpty();
    }

    @Override
    public Optional<CallTrace> follow(String method) {
        List<CallTrace> traces = List.of();
        for (RpcPoolListener listener : listeners) {
            try {
                Optional<CallTrace> trace = listener.follow(method);
                if (trace.isPresent()) {
                    traces = traces.isEmpty() ? new ArrayList<>() : traces;
                    traces.add(trace.get());
                }
            } catch (RuntimeException e) {
                thrown(e);
            }
        }
        return traces.isEmpty() ? Optional.empty() : Optional.of(new Following(traces, this::thrown));
    }

    /**
     * Tells of an attempt that ended.
     *
     * @param said the node's answer, or a {@link NodeFailure}; null if it was not waited for
     */
    public Attempt attempted(String node, String method, Purpose purpose, long tookNanos, @Nullable Object said) {
        Attempt attempt = new Attempt(node, method, purpose, outcome(said), error(said), Duration.ofNanos(tookNanos));
        onAttempt(attempt);
        if (said instanceof NodeFailure failure) {
            failure.rejection()
                    .filter(rejected -> !rejected.isKnown())
                    .ifPresent(rejected -> onUnclassified(node, method, rejected.code(), rejected.message()));
        }
        return attempt;
    }

    private static Outcome outcome(@Nullable Object said) {
        return switch (said) {
            case null -> Outcome.GIVEN_UP;
            case NodeFailure failure -> failure.kind() == NodeFailure.Kind.GIVEN_UP ? Outcome.GIVEN_UP : Outcome.FAILED;
            case CallOutcome.Rejected rejected -> Outcome.REJECTED;
            default -> Outcome.ANSWERED;
        };
    }

    private static Optional<ErrorClass> error(@Nullable Object said) {
        return switch (said) {
            case NodeFailure failure -> failure.meaning();
            case CallOutcome.Rejected rejected -> Optional.of(rejected.errorClass());
            case null, default -> Optional.empty();
        };
    }

    @Override
    public void onAttempt(Attempt attempt) {
        each(listener -> listener.onAttempt(attempt));
    }

    @Override
    public void onCall(Call call) {
        each(listener -> listener.onCall(call));
    }

    @Override
    public void onUnclassified(String node, String method, int code, String message) {
        each(listener -> listener.onUnclassified(node, method, code, message));
    }

    @Override
    public void onOpen(Supplier<PoolStatus> status) {
        each(listener -> listener.onOpen(status));
    }

    /** Told once. */
    @Override
    public void onClose() {
        if (toldClose.compareAndSet(false, true)) {
            each(RpcPoolListener::onClose);
        }
    }

    @Override
    public void onNodeRemoved(String node) {
        each(listener -> listener.onNodeRemoved(node));
    }

    @Override
    public void onHedgeEnd(String method, String first, String second, boolean won) {
        each(listener -> listener.onHedgeEnd(method, first, second, won));
    }

    @Override
    public void onNodeState(String node, NodeState before, NodeState after, String cause) {
        each(listener -> listener.onNodeState(node, before, after, cause));
    }

    @Override
    public void onFailover(String method, String from, String to, String cause) {
        each(listener -> listener.onFailover(method, from, to, cause));
    }

    @Override
    public void onHedge(String method, String first, String second) {
        each(listener -> listener.onHedge(method, first, second));
    }

    @Override
    public void onDispute(String node, String method, boolean quarantined) {
        each(listener -> listener.onDispute(node, method, quarantined));
    }

    @Override
    public void onHeadSubscription(String node, boolean connected, String cause) {
        each(listener -> listener.onHeadSubscription(node, connected, cause));
    }

    @Override
    public void onHeadGivenUp(long shown, long head) {
        each(listener -> listener.onHeadGivenUp(shown, head));
    }

    @Override
    public void onFinalizedGivenUp(long shown, long finalized) {
        each(listener -> listener.onFinalizedGivenUp(shown, finalized));
    }

    @Override
    public void onSend(SendOutcome outcome, Duration took) {
        each(listener -> listener.onSend(outcome, took));
    }

    @Override
    public void onSendContradiction(SendOutcome.Rejected refusal) {
        each(listener -> listener.onSendContradiction(refusal));
    }

    public void onChange(Node node, Health.Change change) {
        if (change.isOne()) {
            onNodeState(node.name(), change.before(), change.after(), change.cause());
        }
    }

    private void each(Consumer<RpcPoolListener> event) {
        for (RpcPoolListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                thrown(e);
            }
        }
    }

    private void thrown(RuntimeException e) {
        if (logged.compareAndSet(false, true)) {
            LOG.warn("a listener of the pool throws; it is logged once", e);
        }
    }
}
