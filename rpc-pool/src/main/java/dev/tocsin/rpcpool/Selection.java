package dev.tocsin.rpcpool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * In which order nodes are asked: healthy primaries in rotation, then healthy fallbacks in rotation, then the others from the least bad
 * on. A node of another chain is never among them.
 */
final class Selection {

    private final List<Node> nodes;
    private final AtomicInteger turn = new AtomicInteger();

    Selection(List<Node> nodes) {
        this.nodes = nodes;
    }

    /** The nodes for one call, best first; each call gets the next rotation. */
    List<Node> order() {
        int rotation = turn.getAndIncrement();
        // states change while we look: each node is read once, so that it is in one group and not in two or none
        List<Seen> seen = nodes.stream()
                .map(node -> new Seen(node, node.state(), node.failuresInARow()))
                .toList();
        List<Node> order = new ArrayList<>(nodes.size());
        addRotated(order, healthy(seen, Tier.PRIMARY), rotation);
        addRotated(order, healthy(seen, Tier.FALLBACK), rotation);
        seen.stream()
                .filter(one -> one.state == NodeState.UNKNOWN || one.state == NodeState.UNHEALTHY)
                .sorted(Comparator.comparingInt(Seen::failuresInARow).thenComparing(one -> one.node.tier()))
                .forEach(one -> order.add(one.node));
        return order;
    }

    private static List<Node> healthy(List<Seen> seen, Tier tier) {
        return seen.stream()
                .filter(one -> one.node.tier() == tier && one.state == NodeState.HEALTHY)
                .map(Seen::node)
                .toList();
    }

    private static void addRotated(List<Node> order, List<Node> healthy, int rotation) {
        for (int i = 0; i < healthy.size(); i++) {
            order.add(healthy.get(Math.floorMod(rotation + i, healthy.size())));
        }
    }

    /** A node at one moment. */
    private record Seen(Node node, NodeState state, int failuresInARow) {}
}
