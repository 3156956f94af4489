package dev.tocsin.rpcpool;

import java.util.List;

/**
 * The pool at one moment.
 *
 * @param chainId the chain its nodes serve
 * @param nodes every node, primaries first, in the order they were given
 */
public record PoolStatus(long chainId, List<NodeStatus> nodes) {

    /** Copies. */
    public PoolStatus {
        nodes = List.copyOf(nodes);
    }

    /**
     * How many nodes are healthy.
     *
     * @return from 0
     */
    public long healthy() {
        return nodes.stream().filter(node -> node.state() == NodeState.HEALTHY).count();
    }
}
