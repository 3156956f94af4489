package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.node.HealthChecks;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Makes single attempts: makes sure that a node which has been away serves the chain, sends, and learns from what comes of it. Bounds how
 * many are under way at once.
 */
public final class Attempts implements NodeAsk {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Selection selection;
    private final Transport transport;
    private final HealthChecks checks;
    private final Listeners listeners;
    private final Learner[] learners;
    private final RecentTimes times;
    private final Semaphore connections;
    private final LongSupplier nanoTicker;
    private final BooleanSupplier isClosed;

    public Attempts(
            Selection selection,
            Transport transport,
            HealthChecks checks,
            Listeners listeners,
            List<Learner> learners,
            RecentTimes times,
            int maxConnections,
            LongSupplier nanoTicker,
            BooleanSupplier isClosed) {
        this.selection = selection;
        this.transport = transport;
        this.checks = checks;
        this.listeners = listeners;
        this.learners = learners.toArray(Learner[]::new);
        this.times = times;
        this.connections = new Semaphore(maxConnections, true);
        this.nanoTicker = nanoTicker;
        this.isClosed = isClosed;
    }

    /** What is asked of a node. */
    @FunctionalInterface
    public interface Request<T> {
        T at(Node node, Duration timeout, Cancellation cancellation) throws NodeFailure, InterruptedException;
    }

    /** Waits for its turn, until the deadline at most; what gets it must {@link #end}. */
    public boolean begin(Asked asked) throws InterruptedException {
        return connections.tryAcquire(Math.max(0, asked.nanosLeft()), TimeUnit.NANOSECONDS);
    }

    /** Takes a turn if one is free now; what gets it must {@link #end}. */
    public boolean tryBegin() {
        return connections.tryAcquire();
    }

    public void end() {
        connections.release();
    }

    /** One attempt at one node. A failure is noted with the call. */
    public <T> T one(Node node, Asked asked, Request<T> request, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        Duration patience = atLeast(asked.patience(selection));
        long began = nanoTicker.getAsLong();
        boolean answered = false;
        node.began(began);
        try {
            if (node.isSuspect()) {
                checks.verifyChain(node, patience);
                patience = atLeast(patience.minusNanos(nanoTicker.getAsLong() - began));
            }
            T result = request.at(node, patience, cancellation);
            long took = nanoTicker.getAsLong() - began;
            long now = began + took;
            node.served(took, now);
            times.record(asked.method(), took);
            answered = true;
            for (Learner learner : learners) {
                learner.served(node, asked, result, now);
            }
            return result;
        } catch (NodeFailure e) {
            long now = nanoTicker.getAsLong();
            if (e.kind() == NodeFailure.Kind.GIVEN_UP) {
                node.gaveUp(now - began, now);
            } else {
                failed(node, asked, e, now - began, now);
            }
            throw e;
        } finally {
            node.ended();
            listeners.onCall(node.name(), asked.method(), Duration.ofNanos(nanoTicker.getAsLong() - began), answered);
        }
    }

    private void failed(Node node, Asked asked, NodeFailure failure, long took, long now) {
        asked.failed(node, failure);
        if (isClosed.getAsBoolean()) {
            return; // our doing, not the node's
        }
        if (failure.blamesNode()) {
            node.gaveUp(took, now);
        }
        for (Learner learner : learners) {
            learner.failed(node, asked, failure, now);
        }
        failure.coolDown().ifPresent(time -> node.coolDown(time, now));
        listeners.onChange(node, node.failedCall(failure.reason(), failure.blamesNode(), now));
        if (failure.blamesNode()) {
            checks.hurry();
        }
    }

    /** What asks a node for a call. */
    Request<CallOutcome> request(RpcCall call) {
        return (node, timeout, cancellation) -> transport.call(node.name(), node.url(), call, timeout, cancellation);
    }

    /** One call of one node, which nobody else is asked for. */
    @Override
    public CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException {
        return ask(node, call, nanoTicker.getAsLong() + timeout.toNanos(), new Cancellation());
    }

    /** As {@link #ask(Node, RpcCall, Duration)}, for somebody who may give it up. */
    public CallOutcome ask(Node node, RpcCall call, long deadline, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        Asked alone = new Asked(call.method(), call, 0, deadline, -1, nanoTicker);
        if (isClosed.getAsBoolean() || !begin(alone)) {
            String cause = isClosed.getAsBoolean() ? "the pool is closed" : "no connection was free in time";
            throw new NodeFailure(NodeFailure.Kind.NOT_SENT, cause);
        }
        try {
            return one(node, alone, request(call), cancellation);
        } finally {
            end();
        }
    }

    public boolean isClosed() {
        return isClosed.getAsBoolean();
    }

    private static Duration atLeast(Duration time) {
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
    }
}
