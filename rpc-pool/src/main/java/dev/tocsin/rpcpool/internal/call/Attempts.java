package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcPoolListener.Attempt;
import dev.tocsin.rpcpool.RpcPoolListener.AttemptTrace;
import dev.tocsin.rpcpool.RpcPoolListener.Purpose;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.HealthChecks;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.CoolDown;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes single attempts: makes sure that a node which has been away serves the chain, sends, and learns from what comes of it. Nodes get no
 * more than they may be asked, at once and in a second.
 */
public final class Attempts implements NodeAsk {

    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Selection selection;
    private final Transport transport;
    private final HealthChecks checks;
    private final Listeners listeners;
    private final Learner[] learners;
    private final RecentTimes times;
    private final Admission admission;
    private final Timer timer;
    private final LongSupplier nanoTicker;
    private final BooleanSupplier isClosed;

    public Attempts(
            Selection selection,
            Transport transport,
            HealthChecks checks,
            Listeners listeners,
            List<Learner> learners,
            RecentTimes times,
            Timer timer,
            LongSupplier nanoTicker,
            BooleanSupplier isClosed) {
        this.selection = selection;
        this.transport = transport;
        this.checks = checks;
        this.listeners = listeners;
        this.learners = learners.toArray(Learner[]::new);
        this.times = times;
        this.admission = new Admission(selection, timer, nanoTicker);
        this.timer = timer;
        this.nanoTicker = nanoTicker;
        this.isClosed = isClosed;
    }

    /** What is asked of a node. */
    @FunctionalInterface
    public interface Request<T> {
        T at(Node node, Duration timeout, Cancellation cancellation) throws NodeFailure, InterruptedException;
    }

    /**
     * The node for the next attempt, waited for until the deadline at most if none can be asked now; to be {@link #end}ed. Null if none is
     * left in this round, or there was no time.
     */
    @Nullable Node begin(Asked asked) throws InterruptedException {
        return admission.enter(asked);
    }

    /** A node for a second request, if one can be asked now; to be {@link #end}ed. */
    @Nullable Node tryBegin(Asked asked) {
        return admission.tryEnterFit(asked);
    }

    /** An attempt is over. */
    void end(Node node) {
        admission.leave(node);
    }

    /** Why a node has nothing to spare for a call: it works on as many as it may, or was asked as much as it may be in a second. */
    public static @Nullable Exclusion against(Node node, Asked asked, long now) {
        return Admission.against(node, asked, now);
    }

    void sleep(long nanos) throws InterruptedException {
        timer.sleep(nanos);
    }

    /**
     * How long an attempt may take, if another may follow: a few times what is usual for the method, so that a node which hangs does not
     * cost its whole share of the time.
     */
    Duration patience(Asked asked) {
        int others = asked.others(selection);
        long share = asked.nanosLeft() / (others + 1);
        boolean isFinal =
                others == 0 || Methods.of(asked.method()).changes(); // nobody is asked once the answer is lost
        long enough = isFinal ? -1 : times.enough(asked.method());
        return Duration.ofNanos(enough < 0 ? share : Math.min(enough, share));
    }

    /** One attempt at one node. A failure is noted with the call. */
    <T> T one(Node node, Asked asked, Purpose purpose, Duration most, Request<T> request, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        Duration patience = atLeast(most);
        long began = nanoTicker.getAsLong();
        AttemptTrace trace = asked.watch().attempt(node.name(), asked.method(), purpose);
        Object said = null;
        node.began(began);
        for (Learner learner : learners) {
            learner.began(node, asked, began);
        }
        try {
            if (node.health().isSuspect()) {
                checks.verifyChain(node, patience);
                patience = atLeast(patience.minusNanos(nanoTicker.getAsLong() - began));
            }
            T result = request.at(node, patience, cancellation);
            long took = nanoTicker.getAsLong() - began;
            long now = began + took;
            node.served(took, now);
            if (!node.slowness().isSlow()) {
                times.record(asked.method(), took);
            }
            node.budget().served(asked.calls(), asked.cost(node), now);
            compare(node, asked, took);
            said = result;
            for (Learner learner : learners) {
                learner.served(node, asked, result, now);
            }
            return result;
        } catch (NodeFailure e) {
            said = e;
            long now = nanoTicker.getAsLong();
            if (e.kind() == NodeFailure.Kind.GIVEN_UP) {
                node.gaveUp(now - began, now);
                compare(node, asked, now - began);
            } else {
                failed(node, asked, e, now - began, now);
            }
            throw e;
        } finally {
            node.ended();
            Attempt ended =
                    listeners.attempted(node.name(), asked.method(), purpose, nanoTicker.getAsLong() - began, said);
            if (trace != null) {
                trace.end(ended);
            }
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
        if (failure.kind() == NodeFailure.Kind.MAYBE_SENT) {
            times.inVain(asked.method(), took);
            compare(node, asked, took);
        }
        if (failure.isTooMany()) {
            node.budget().complained(now, failure.coolDown().map(CoolDown::time).orElse(Duration.ZERO));
        }
        for (Learner learner : learners) {
            learner.failed(node, asked, failure, now);
        }
        failure.coolDown().ifPresent(time -> node.coolDown(time, now));
        listeners.onChange(node, node.failedCall(failure, now));
        if (failure.blamesNode() || failure.takesOut()) {
            checks.hurry(node);
        }
    }

    /** How slow it was, compared with what is usual for the method. */
    private void compare(Node node, Asked asked, long took) {
        long median = times.median(asked.method());
        if (median > 0) {
            node.bulkhead().answered((double) took / median);
        }
    }

    /** What asks a node for a call. */
    Request<CallOutcome> request(RpcCall call) {
        return (node, timeout, cancellation) -> transport.call(node.name(), node.url(), call, timeout, cancellation);
    }

    /** One call of one node, which nobody else is asked for. */
    @Override
    public CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException {
        return watchedBy(Watch.NONE).ask(node, call, timeout);
    }

    @Override
    public NodeAsk watchedBy(Watch watch) {
        return (node, call, timeout) -> ask(node, call, within(timeout).watchedBy(watch), new Cancellation());
    }

    /** As {@link #ask(Node, RpcCall, Duration)}, for somebody who may give it up. */
    public CallOutcome ask(Node node, RpcCall call, CallContext context, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        return ask(node, call, Purpose.CALL, context, cancellation);
    }

    /** As {@link #ask(Node, RpcCall, Duration)}, until a deadline, not for a caller but to see whether the node is well. */
    public CallOutcome check(Node node, RpcCall call, long deadline) throws NodeFailure, InterruptedException {
        return ask(node, call, Purpose.CHECK, new CallContext(deadline, -1), new Cancellation());
    }

    private CallOutcome ask(Node node, RpcCall call, Purpose purpose, CallContext context, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        Asked alone = asked(call, 0, context);
        begin(node, alone);
        try {
            return one(node, alone, purpose, alone.patience(selection), request(call), cancellation);
        } finally {
            end(node);
        }
    }

    /** A call for which one node is asked, and so many others. */
    Asked asked(RpcCall call, int others, CallContext context) {
        return new Asked(call.method(), call, others, context, nanoTicker);
    }

    /** Waits until a node may be asked; to be {@link #end}ed. */
    void begin(Node node, Asked asked) throws NodeFailure, InterruptedException {
        if (!admission.awaitTime(node, asked)) {
            throw Admission.tooEarly();
        }
        if (isClosed.getAsBoolean() || !admission.enter(node, asked)) {
            String cause = isClosed.getAsBoolean() ? "the pool is closed" : "no connection was free in time";
            throw new NodeFailure(NodeFailure.Kind.NOT_SENT, cause);
        }
    }

    /** With the deadline of a call that may take so long. */
    CallContext within(Duration timeout) {
        return new CallContext(nanoTicker.getAsLong() + timeout.toNanos(), -1);
    }

    public boolean isClosed() {
        return isClosed.getAsBoolean();
    }

    private static Duration atLeast(Duration time) {
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
    }
}
