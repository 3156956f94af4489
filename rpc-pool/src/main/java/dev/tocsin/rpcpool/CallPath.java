package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.call.Asked;
import dev.tocsin.rpcpool.internal.call.Attempts;
import dev.tocsin.rpcpool.internal.call.BatchLayer;
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
import dev.tocsin.rpcpool.internal.logs.LogsPlanner;
import dev.tocsin.rpcpool.internal.logs.NodeHeads;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.NodesView;
import dev.tocsin.rpcpool.internal.read.ReadCache;
import dev.tocsin.rpcpool.internal.read.SingleFlight;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.Verification;
import dev.tocsin.rpcpool.internal.transport.BatchingTransport;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;
import dev.tocsin.rpcpool.internal.view.Patience;
import dev.tocsin.rpcpool.internal.view.SessionView;
import dev.tocsin.rpcpool.internal.view.View;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
    private final Capabilities capabilities = new Capabilities();
    private final DataBounds bounds;
    private final Quarantine quarantine = new Quarantine();
    private final Selection selection;
    private final Attempts attempts;
    private final LogsPlanner planner;
    private final Patience patience;
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
        bounds = new DataBounds(settings.archive);
        // whose reasons are the mildest comes last
        List<Gate> gates = List.of(capabilities, bounds, quarantine, Mirror::against, Attempts::against);
        selection = new Selection(nodes, settings.selection, gates, settings.random, nanoTicker);
        List<Learner> learners = List.of(capabilities, bounds, new HeadLearner(heads));
        RecentTimes times = new RecentTimes();
        attempts = new Attempts(
                selection, transport, lookouts.checks(), listeners, learners, times, timer, nanoTicker, closed);
        HedgeBudget budget = new HedgeBudget(settings.hedges);
        Mirror mirror = new Mirror(nodes, selection, attempts, budget, timer, nanoTicker);
        Hedge hedge = new Hedge(attempts, timer, budget, times, mirror, listeners);
        Retry retry = new Retry(
                settings.attempts,
                settings.retryDelay,
                nodes,
                selection,
                hedge,
                attempts,
                new NextBlock(heads::highest, heads::blockTimeNanos, timer, nanoTicker),
                listeners,
                nanoTicker,
                settings.random,
                closed);
        planner = new LogsPlanner(retry, new NodeHeads(nodes), nanoTicker);
        Layer shared = new SingleFlight(planner, nanoTicker);
        Layer reads = settings.cacheBytes == 0 ? shared : remembering(shared, settings, lookouts);
        patience = new Patience(heads, lookouts.polls(), timer::sleep, nanoTicker);
        view = new View(reads, new OneRequest(retry, transport), nodes, heads, settings.pinning, patience);
    }

    private static Transport batching(Transport wire, Timer timer, Nodes nodes, RpcPoolBuilder settings) {
        return new BatchingTransport(
                wire,
                timer,
                settings.autoBatch,
                call -> !Methods.of(call.method()).changes()
                        && !Methods.of(call.method()).isSlow(),
                name -> nodes.named(name) != null,
                settings.nanoTicker);
    }

    private Layer remembering(Layer below, RpcPoolBuilder settings, Lookouts lookouts) {
        ReadCache cache = new ReadCache(
                below, heads::finalizedShown, settings.cacheBytes, lookouts.polls()::silenceNanos, nanoTicker);
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
        return new SessionView(view, nodes, heads, selection, attempts, nanoTicker);
    }

    /** Several nodes are asked, and what enough of them say is believed. */
    Layer agreeing(Agreement agreement) {
        Layer consensus = new Consensus(agreement, selection, attempts, quarantine, listeners, nanoTicker);
        BatchLayer each = (calls, context) -> {
            throw new IllegalStateException("a batch of calls that several nodes agree on is made call by call");
        };
        // latest must be the same block for all that are asked
        return new View(
                new LogsPlanner(consensus, new NodeHeads(nodes), nanoTicker),
                each,
                nodes,
                heads,
                RpcPoolBuilder.Pinning.ALWAYS,
                patience);
    }

    Sending sending(RpcPoolBuilder settings) {
        Verification verification =
                new Verification(attempts, settings.verifyTimeout, nanoTicker, TimeUnit.NANOSECONDS::sleep);
        return new Sending(
                nodes, selection::order, attempts, verification, settings.callTimeout, nanoTicker, listeners);
    }

    Explanation explain(RpcCall call, CallContext context) {
        Asked asked = new Asked(call.method(), call, 0, context, nanoTicker);
        long now = nanoTicker.getAsLong();
        Set<Node> inOrder = new LinkedHashSet<>(selection.order(asked));
        inOrder.addAll(nodes.all());
        return new Explanation(
                call.method(),
                asked.minHead() < 0 ? OptionalLong.empty() : OptionalLong.of(asked.minHead()),
                inOrder.stream()
                        .map(node -> new Explanation.Choice(
                                node.name(),
                                node.tier(),
                                Optional.ofNullable(selection.against(node, asked, now)),
                                node.lastError(),
                                node.head(),
                                node.latencyMillis(),
                                node.inFlight(),
                                node.successRate()))
                        .toList());
    }

    /** Why a node is not asked for any call as long as there is a better one; null if nothing speaks against it. */
    @Nullable Exclusion against(Node node) {
        return selection.against(node);
    }

    /** Drops what was learned of a node that is gone. */
    void forget(Node node) {
        quarantine.forget(node);
        capabilities.forget(node);
        bounds.forget(node);
        transport.forget(node.name());
    }

    @Override
    public void close() {
        transport.close();
    }
}
