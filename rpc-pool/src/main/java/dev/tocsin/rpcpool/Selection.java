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
        List<Node> order = new ArrayList<>(nodes.size());
        addRotated(order, healthy(Tier.PRIMARY), rotation);
        addRotated(order, healthy(Tier.FALLBACK), rotation);
        nodes.stream()
                .filter(node -> node.state() == NodeState.UNKNOWN || node.state() == NodeState.UNHEALTHY)
                .sorted(Comparator.comparingInt(Node::failuresInARow).thenComparing(Node::tier))
                .forEach(order::add);
        return order;
    }

    private List<Node> healthy(Tier tier) {
        return nodes.stream()
                .filter(node -> node.tier() == tier && node.state() == NodeState.HEALTHY)
                .toList();
    }

    private static void addRotated(List<Node> order, List<Node> healthy, int rotation) {
        for (int i = 0; i < healthy.size(); i++) {
            order.add(healthy.get(Math.floorMod(rotation + i, healthy.size())));
        }
    }
}
