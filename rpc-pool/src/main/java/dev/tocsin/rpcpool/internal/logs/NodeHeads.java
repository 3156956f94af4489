package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;

/**
 * The heads that the nodes of a pool have told of.
 *
 * @param nodes the pool's
 */
public record NodeHeads(Nodes nodes) implements LogsPlanner.Heads {

    @Override
    public long highest() {
        long highest = -1;
        for (Node node : nodes.all()) {
            highest = Math.max(highest, node.mayBeAsked() ? node.headOr(-1) : -1);
        }
        return highest;
    }

    @Override
    public long of(String name) {
        Node node = nodes.named(name);
        return node == null ? -1 : node.headOr(-1);
    }
}
