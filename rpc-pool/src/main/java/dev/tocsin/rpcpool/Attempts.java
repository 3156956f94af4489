package dev.tocsin.rpcpool;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Makes single attempts: makes sure that a node which has been away serves the chain, sends, and learns from what comes of it. Bounds how
 * many are under way at once.
 */
final class Attempts {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Selection selection;
    private final HealthChecks checks;
    private final Listeners listeners;
    private final RecentTimes times;
    private final Semaphore connections;
    private final LongSupplier nanoTicker;
    private final BooleanSupplier isClosed;

    Attempts(
            Selection selection,
            HealthChecks checks,
            Listeners listeners,
            RecentTimes times,
            int maxConnections,
            LongSupplier nanoTicker,
            BooleanSupplier isClosed) {
        this.selection = selection;
        this.checks = checks;
        this.listeners = listeners;
        this.times = times;
        this.connections = new Semaphore(maxConnections, true);
        this.nanoTicker = nanoTicker;
        this.isClosed = isClosed;
    }

    /** What is asked of a node. */
    @FunctionalInterface
    interface Request<T> {
        T at(Node node, Duration timeout, Cancellation cancellation) throws NodeFailure, InterruptedException;
    }

    /** Waits for its turn, until the deadline at most; what gets it must {@link #end}. */
    boolean begin(Asked asked) throws InterruptedException {
        return connections.tryAcquire(Math.max(0, asked.nanosLeft()), TimeUnit.NANOSECONDS);
    }

    /** Takes a turn if one is free now; what gets it must {@link #end}. */
    boolean tryBegin() {
        return connections.tryAcquire();
    }

    void end() {
        connections.release();
    }

    /** One attempt at one node. A failure is noted with the call. */
    <T> T one(Node node, Asked asked, Request<T> request, Cancellation cancellation)
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
            node.served(took, nanoTicker.getAsLong());
            times.record(asked.method(), took);
            answered = true;
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
        failure.coolDown().ifPresent(time -> node.coolDown(time, now));
        listeners.onChange(node, node.failedCall(failure.reason(), failure.blamesNode(), now));
        if (failure.blamesNode()) {
            checks.hurry();
        }
    }

    private static Duration atLeast(Duration time) {
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
    }
}
