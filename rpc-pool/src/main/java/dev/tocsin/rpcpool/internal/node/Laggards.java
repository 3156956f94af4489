package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Finds the nodes that are behind the others, and those that have caught up. Safe for use by many threads. */
public final class Laggards {

    /** So often in a row a check must show an older finalized block than most have: they go on by many blocks at once. */
    private static final int FINALIZED_CHECKS = 6;

    private final Nodes nodes;
    private final NodesView view;
    private final Listeners listeners;
    private final LongSupplier nanoTicker;

    public Laggards(Nodes nodes, NodesView view, Listeners listeners, LongSupplier nanoTicker) {
        this.nodes = nodes;
        this.view = view;
        this.listeners = listeners;
        this.nanoTicker = nanoTicker;
    }

    /** Compares all of them, after one has told something new. */
    void compare() {
        long now = nanoTicker.getAsLong();
        long tip = view.majority(now);
        List<Node> all = nodes.all();
        boolean somebodyHasPeers = false;
        for (Node node : all) {
            somebodyHasPeers |=
                    node.state() == NodeState.HEALTHY && node.progress().peers() > 0;
        }
        for (Node node : all) {
            listeners.onChange(node, node.health().behind(cause(node, tip, somebodyHasPeers, now)));
        }
    }

    private @Nullable String cause(Node node, long tip, boolean somebodyHasPeers, long now) {
        NodeHead head = node.progress();
        if (head.number() < 0) {
            return null;
        }
        long lag = tip - head.number();
        if (lag > most(node, head, now)) {
            return lag + " blocks behind";
        }
        if (view.standsStill(node, now)) {
            return "no new block for "
                    + Duration.ofNanos(now - head.changedAt()).toSeconds() + " s";
        }
        if (head.oldFinalized() >= FINALIZED_CHECKS) {
            return "behind with finalized blocks";
        }
        return head.peers() == 0 && somebodyHasPeers ? "no peers" : null;
    }

    /** How many blocks it may lack. Half of it once it is behind; more when it has not been asked for a time. */
    private long most(Node node, NodeHead head, long now) {
        long limit = view.lagLimit();
        return (node.state() == NodeState.BEHIND ? limit / 2 : limit) + view.blocksIn(now - head.toldAt());
    }
}
