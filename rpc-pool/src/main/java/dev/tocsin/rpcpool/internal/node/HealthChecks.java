package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.Tier;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every node: its chain, its newest block, whether it syncs. Runs the first round when the pool opens and one in every period, by
 * the pool's timer; one node sooner when it has failed a call. A node that has been away shows its genesis block as well, since
 * it may have come back as another. One that is only sent transactions is asked for its chain alone, and need not answer that.
 */
public final class HealthChecks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);
    private static final Head NONE = new Head(-1, null, null);

    private final Nodes nodes;
    private final ChainIdentity chain;
    private final NodesView view;
    private final Laggards laggards;
    private final Questions questions;
    private final Timer timer;
    private final Duration every;
    private final InstantSource clock;
    private final LongSupplier nanoTicker;
    private final Listeners listeners;
    private final Set<Node> underWay = ConcurrentHashMap.newKeySet(); // being looked at
    private final Set<Node> hurried = ConcurrentHashMap.newKeySet(); // about to be looked at before their time
    private volatile boolean closed;

    public HealthChecks(
            Nodes nodes,
            ChainIdentity chain,
            NodesView view,
            Questions questions,
            Timer timer,
            Duration every,
            InstantSource clock,
            LongSupplier nanoTicker,
            Listeners listeners) {
        this.nodes = nodes;
        this.chain = chain;
        this.view = view;
        this.laggards = new Laggards(nodes, view, listeners, nanoTicker);
        this.questions = questions;
        this.timer = timer;
        this.every = every;
        this.clock = clock;
        this.nanoTicker = nanoTicker;
        this.listeners = listeners;
    }

    /** The first round; the chain of the pool. */
    public long open() throws InterruptedException {
        List<Node> all = nodes.all();
        firstLook(all);
        if (all.stream().noneMatch(node -> node.answers())) {
            Map<String, String> causes = new LinkedHashMap<>();
            all.forEach(node -> causes.put(node.name(), cause(node)));
            throw new NoNodeException("no node can be used", causes, false);
        }
        all.stream().filter(node -> !node.answers()).forEach(HealthChecks::logLeftOut);
        all.forEach(node -> timer.after(Duration.ZERO, () -> inTurn(node, () -> learnMore(node))));
        nodes.sendOnly().forEach(node -> timer.after(Duration.ZERO, () -> firstCheck(node)));
        timer.after(every, this::round);
        return chain.id().orElseThrow();
    }

    private void firstCheck(Node node) {
        check(node);
        if (node.state() == NodeState.WRONG_CHAIN) {
            logLeftOut(node);
        }
    }

    private static void logLeftOut(Node node) {
        LOG.warn("a node is left out as the pool opens node={} cause={}", node, cause(node));
    }

    private static String cause(Node node) {
        return node.health().lastError().isEmpty() ? "no answer" : node.health().lastError();
    }

    /** Asks all nodes at once. Where the chain is not known yet, most of those that answer decide, not the quickest. */
    private void firstLook(List<Node> all) throws InterruptedException {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tocsin-node-check-", 0).factory())) {
            try {
                List<Future<Look>> looks = all.stream()
                        .map(node -> threads.submit(() -> look(node)))
                        .toList();
                Map<String, Long> ids = new LinkedHashMap<>();
                Map<String, String> geneses = new LinkedHashMap<>();
                for (int i = 0; i < looks.size(); i++) {
                    if (looks.get(i).get() instanceof Look.Seen seen) {
                        String name = all.get(i).name();
                        ids.put(name, seen.id);
                        seen.genesis.ifPresent(hash -> geneses.put(name, hash));
                    }
                }
                chain.decide(ids, geneses);
                for (int i = 0; i < looks.size(); i++) {
                    apply(all.get(i), looks.get(i).get()); // bounded by the timeouts of its questions
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("a look at a node failed by a bug of ours", e.getCause());
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** Asks for a look at a node before its time; at most one in a tenth of the period, however many calls fail. */
    public void hurry(Node node) {
        if (!closed && hurried.add(node)) {
            timer.after(every.dividedBy(10), () -> {
                hurried.remove(node);
                check(node);
            });
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    /**
     * Makes sure that a node that is not healthy, or has just failed a call, serves the chain before it is asked: it may have come back
     * as another.
     */
    public void verifyChain(Node node, Duration most) throws NodeFailure, InterruptedException {
        Duration patience = most.compareTo(questions.timeout()) < 0 ? most : questions.timeout();
        String cause;
        try {
            cause = isSendOnly(node)
                    ? against(node, questions.chainIfTold(node, patience))
                    : chain.against(node.name(), questions.chain(node, patience), questions.genesis(node, patience));
        } catch (NodeFailure e) { // only the chain was asked for: nothing of the call has been sent
            throw new NodeFailure(e.blamesNode() ? NodeFailure.Kind.NOT_SENT : NodeFailure.Kind.LIMITED, e.reason());
        }
        if (cause != null) {
            listeners.onChange(node, node.wrongChain(cause, clock.instant()));
            throw new NodeFailure(NodeFailure.Kind.LIMITED, cause).meaning(ErrorClass.CHAIN_MISMATCH);
        }
        node.health().verified();
    }

    private static boolean isSendOnly(Node node) {
        return node.tier() == Tier.SEND_ONLY;
    }

    /** Why a node that may have told its chain is of another; null if it is not. A transaction names its chain itself. */
    private @Nullable String against(Node node, OptionalLong told) {
        return told.isEmpty() ? null : chain.against(node.name(), told.getAsLong(), Optional.empty());
    }

    private void round() {
        if (!closed) {
            timer.after(every, this::round);
            nodes.withSendOnly().forEach(node -> timer.after(Duration.ZERO, () -> check(node)));
        }
    }

    private void check(Node node) {
        inTurn(node, () -> {
            if (apply(node, look(node))) {
                learnMore(node);
            }
        });
    }

    /** Asks for the newest block alone. */
    void askHead(Node node) {
        if (node.health().isSuspect()) {
            check(node);
            return;
        }
        inTurn(node, () -> {
            if (node.health().cools(nanoTicker.getAsLong())) {
                return;
            }
            try {
                view.learned(node, questions.head(node));
                laggards.compare();
            } catch (NodeFailure e) {
                apply(node, failed(node, e));
            }
        });
    }

    @FunctionalInterface
    private interface Work {
        void run() throws InterruptedException;
    }

    /** One look at a node at a time. */
    private void inTurn(Node node, Work work) {
        if (closed || !underWay.add(node)) {
            return;
        }
        try {
            work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // we are closing
        } catch (RuntimeException e) {
            LOG.error("a health check failed by a bug of ours node={}", node.name(), e);
        } finally {
            underWay.remove(node);
        }
    }

    private Look look(Node node) throws InterruptedException {
        long began = nanoTicker.getAsLong();
        if (node.health().cools(began)) {
            return new Look.LeftAlone();
        }
        try {
            if (isSendOnly(node)) {
                return lookAtSendOnly(node, began);
            }
            long id = questions.chain(node, questions.timeout());
            if (!chain.mayBe(id)) {
                return new Look.Seen(id, Optional.empty(), NONE, false, Duration.ZERO);
            }
            Optional<String> genesis =
                    node.health().isSuspect() ? questions.genesis(node, questions.timeout()) : Optional.empty();
            long asked = nanoTicker.getAsLong();
            Head head = questions.head(node);
            Duration took = Duration.ofNanos(nanoTicker.getAsLong() - asked);
            return new Look.Seen(id, genesis, head, questions.isSyncing(node), took);
        } catch (NodeFailure e) {
            return failed(node, e);
        }
    }

    private Look lookAtSendOnly(Node node, long began) throws NodeFailure, InterruptedException {
        if (node.health().isSuspect()) {
            node.forgetOffers();
        }
        if (!questions.mayTellChain(node)) {
            return new Look.LeftAlone();
        }
        OptionalLong told = questions.chainIfTold(node, questions.timeout());
        return new Look.Reached(told, Duration.ofNanos(nanoTicker.getAsLong() - began));
    }

    private Look failed(Node node, NodeFailure failure) {
        failure.coolDown().ifPresent(time -> node.coolDown(time, nanoTicker.getAsLong()));
        return new Look.Failed(failure);
    }

    /** Whether the node serves the chain, and can be asked for more. */
    private boolean apply(Node node, Look look) {
        if (closed) {
            return false; // what failed may have failed because we are closing
        }
        return switch (look) {
            case Look.Seen seen -> {
                String cause = chain.against(node.name(), seen.id, seen.genesis);
                if (cause != null) {
                    listeners.onChange(node, node.wrongChain(cause, clock.instant()));
                    yield false;
                }
                listeners.onChange(node, node.healthy(seen.syncs, seen.took, clock.instant(), nanoTicker.getAsLong()));
                view.learned(node, seen.head);
                laggards.compare();
                yield true;
            }
            case Look.Reached reached -> {
                String cause = against(node, reached.chain);
                listeners.onChange(
                        node,
                        cause == null
                                ? node.healthy(false, reached.took, clock.instant(), nanoTicker.getAsLong())
                                : node.wrongChain(cause, clock.instant()));
                yield false;
            }
            case Look.LeftAlone left -> false;
            case Look.Failed failed -> {
                node.health().checked(clock.instant());
                listeners.onChange(node, node.failed(failed.why));
                yield false;
            }
        };
    }

    /** What not every node says, and a check does not wait for. */
    private void learnMore(Node node) throws InterruptedException {
        questions.client(node);
        questions.finalized(node).ifPresent(block -> view.learnedFinalized(node, block));
        questions.peers(node).ifPresent(node.progress()::toldPeers);
        laggards.compare();
    }

    /** What a check saw. */
    private sealed interface Look {
        record Seen(long id, Optional<String> genesis, Head head, boolean syncs, Duration took) implements Look {}

        /** One that is only sent transactions answers, be it that it does not say of which chain it is. */
        record Reached(OptionalLong chain, Duration took) implements Look {}

        record Failed(NodeFailure why) implements Look {}

        /** It was not asked: it limits us, or does not say what it could be asked. */
        record LeftAlone() implements Look {}
    }
}
