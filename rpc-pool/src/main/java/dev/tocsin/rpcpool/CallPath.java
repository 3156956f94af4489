package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.call.Asked;
import dev.tocsin.rpcpool.internal.call.Attempts;
import dev.tocsin.rpcpool.internal.call.BatchLayer;
import dev.tocsin.rpcpool.internal.call.BoundSearch;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Capabilities;
import dev.tocsin.rpcpool.internal.call.DataBounds;
import dev.tocsin.rpcpool.internal.call.Gate;
import dev.tocsin.rpcpool.internal.call.HeadLearner;
import dev.tocsin.rpcpool.internal.call.Hedge;
import dev.tocsin.rpcpool.internal.call.HedgeBudget;
import dev.tocsin.rpcpool.internal.call.Layer;
import dev.tocsin.rpcpool.internal.call.Learner;
import dev.tocsin.rpcpool.internal.call.Mirror;
import dev.tocsin.rpcpool.internal.call.NextBlock;
import dev.tocsin.rpcpool.internal.call.OneRequest;
import dev.tocsin.rpcpool.internal.call.RecentTimes;
import dev.tocsin.rpcpool.internal.call.Retry;
import dev.tocsin.rpcpool.internal.call.Selection;
import dev.tocsin.rpcpool.internal.consensus.Consensus;
import dev.tocsin.rpcpool.internal.consensus.Quarantine;
import dev.tocsin.rpcpool.internal.logs.Limits;
import dev.tocsin.rpcpool.internal.logs.LogsPlanner;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.NodesView;
import dev.tocsin.rpcpool.internal.read.ReadCache;
import dev.tocsin.rpcpool.internal.read.SingleFlight;
import dev.tocsin.rpcpool.internal.send.KnownIsTaken;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.Verification;
import dev.tocsin.rpcpool.internal.transport.BatchingTransport;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;
import dev.tocsin.rpcpool.internal.view.Belief;
import dev.tocsin.rpcpool.internal.view.Patience;
import dev.tocsin.rpcpool.internal.view.Read;
import dev.tocsin.rpcpool.internal.view.SessionView;
import dev.tocsin.rpcpool.internal.view.View;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The way of a call through the layers; they are put together here and nowhere else, from the wire up. */
final class CallPath implements AutoCloseable {

    private final Nodes nodes;
    private final NodesView heads;
    private final Listeners listeners;
    private final LongSupplier nanoTicker;
    private final Transport transport;
    private final Capabilities capabilities;
    private final DataBounds bounds;
    private final Quarantine quarantine = new Quarantine();
    private final Limits limits;
    private final Selection selection;
    private final Attempts attempts;
    private final Hedge hedge;
    private final LogsPlanner planner;
    private final OneRequest batches;
    private final boolean hedges;
    private final @Nullable ReadCache cache;
    private final Patience patience;
    private final Belief belief;
    private final View view;

    CallPath(
            RpcPoolBuilder settings,
            Nodes nodes,
            Lookouts lookouts,
            Transport wire,
            Timer timer,
            Listeners listeners,
            BooleanSupplier closed) {
        this.nodes = nodes;
        this.listeners = listeners;
        nanoTicker = settings.nanoTicker;
        heads = lookouts.view();
        transport = settings.autoBatch == 1 ? wire : batching(wire, timer, nodes, settings);
        capabilities = new Capabilities(settings.hints);
        bounds = new DataBounds(nodes, new BoundSearch(this::check, timer, nanoTicker), nanoTicker);
        limits = new Limits(nanoTicker);
        // whose reasons are the mildest comes last
        List<Gate> gates = List.of(capabilities, bounds, quarantine, limits, Mirror::against, Attempts::against);
        selection = new Selection(nodes, settings.selection, gates, settings.random, nanoTicker);
        List<Learner> learners = List.of(capabilities, bounds, new HeadLearner(heads));
        RecentTimes times = new RecentTimes();
        attempts = new Attempts(
                selection, transport, lookouts.checks(), listeners, learners, times, timer, nanoTicker, closed);
        HedgeBudget budget = new HedgeBudget(settings.hedges);
        Mirror mirror = new Mirror(nodes, selection, attempts, budget, timer, nanoTicker);
        hedge = new Hedge(attempts, timer, budget, times, mirror, listeners);
        Retry retry = new Retry(
                settings.attempts,
                settings.retryDelay,
                nodes,
                selection,
                hedge,
                attempts,
                KnownIsTaken::of,
                new NextBlock(heads::highest, heads::blockTimeNanos, timer, nanoTicker),
                listeners,
                settings.clock,
                nanoTicker,
                settings.random,
                closed);
        planner = new LogsPlanner(retry, known(), limits, nanoTicker);
        hedges = settings.hedges > 0;
        cache = settings.cacheBytes == 0 ? null : remembering(planner, settings, lookouts);
        Layer reads = cache == null ? new SingleFlight(planner, nanoTicker) : cache;
        patience = new Patience(heads, lookouts.polls(), time -> timer.sleep(time.toNanos()), nanoTicker);
        belief = new Belief(nodes, heads, patience);
        batches = new OneRequest(retry, transport, KnownIsTaken::of, nanoTicker);
        view = new View(reads, batches, nodes, heads, settings.pinning, belief, patience, nanoTicker);
    }

    /** Not for a caller; made only once there were attempts. */
    private CallOutcome check(Node node, RpcCall call, long deadline) throws NodeFailure, InterruptedException {
        return attempts.check(node, call, deadline);
    }

    private LogsPlanner.Heads known() {
        return new LogsPlanner.Heads(heads::highest, nodes::headOf, heads::finalized);
    }

    private static Transport batching(Transport wire, Timer timer, Nodes nodes, RpcPoolBuilder settings) {
        return new BatchingTransport(
                wire,
                timer,
                settings.autoBatch,
                call -> !Methods.of(call.method()).changes()
                        && !Methods.of(call.method()).isSlow(),
                (name, url) -> {
                    Node node = nodes.named(name);
                    return node != null && node.url().equals(url);
                },
                settings.nanoTicker);
    }

    private ReadCache remembering(Layer below, RpcPoolBuilder settings, Lookouts lookouts) {
        ReadCache cache = new ReadCache(
                below,
                heads::finalizedShown,
                heads::namedSince,
                settings.cacheBytes,
                lookouts.polls()::silenceNanos,
                nanoTicker);
        heads.onHead(cache);
        return cache;
    }

    /** The outermost layer. */
    View view() {
        return view;
    }

    LogsPlanner planner() {
        return planner;
    }

    SessionView session() {
        return new SessionView(belief, nodes, heads, selection, attempts, nanoTicker);
    }

    /** Several nodes are asked, and what enough of them say is believed. */
    View agreeing(Agreement agreement) {
        Layer consensus = new Consensus(agreement, selection, attempts, quarantine, listeners, nanoTicker);
        Layer reads = new LogsPlanner(consensus, known(), nanoTicker);
        // latest must be the same block for all that are asked
        BatchLayer each = BatchLayer.oneByOne(reads);
        return new View(reads, each, nodes, heads, RpcPoolBuilder.Pinning.ALWAYS, belief, patience, nanoTicker);
    }

    Sending sending(RpcPoolBuilder settings) {
        Verification verification = new Verification(attempts, settings.verifyTimeout, nanoTicker, Thread::sleep);
        return new Sending(nodes, selection::order, hedge, verification, settings.callTimeout, nanoTicker, listeners);
    }

    /** What would become of a call if it were made now. Asks nobody. */
    Explanation explain(RpcCall call, CallContext context) {
        Read read = view.plan(call, context);
        CallContext within = context.withMinHead(read.minHead());
        Asked asked = new Asked(call.method(), read.call(), 0, within, nanoTicker);
        long now = nanoTicker.getAsLong();
        long tip = heads.tip();
        Set<Node> inOrder = new LinkedHashSet<>(selection.order(asked));
        inOrder.addAll(call.method().equals(Sending.METHOD) ? nodes.withSendOnly() : nodes.all());
        List<Explanation.Choice> choices = inOrder.stream()
                .map(node -> new Explanation.Choice(
                        status(node, tip), Optional.ofNullable(selection.against(node, asked, now))))
                .toList();
        boolean isRemembered = cache != null && cache.knows(read.call(), within);
        boolean hasSecond = hedges
                && !isRemembered
                && Methods.of(call.method()).mayHedge()
                && choices.size() > 1
                && choices.get(1).against().isEmpty()
                && choices.get(1).node().tier() != Tier.SEND_ONLY;
        return new Explanation(
                call.method(),
                read.isPinned() ? OptionalLong.of(read.number()) : OptionalLong.empty(),
                asked.minHead() < 0 ? OptionalLong.empty() : OptionalLong.of(asked.minHead()),
                isRemembered,
                planner.cuts(read.call(), within),
                hasSecond ? Optional.of(choices.get(1).node().name()) : Optional.empty(),
                choices);
    }

    /** A node as it is now, compared with the newest block that most have; -1 if nobody knows. */
    NodeStatus status(Node node, long tip) {
        return node.status(tip, selection.against(node));
    }

    /** Drops what was learned of a node that is gone. */
    void forget(Node node) {
        quarantine.forget(node);
        capabilities.forget(node);
        bounds.forget(node);
        limits.forget(node);
        batches.forget(node);
        transport.forget(node.name());
    }

    @Override
    public void close() {
        transport.close();
    }
}
