package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The pool at one moment. {@link #toString} says it in lines for people.
 *
 * @param chainId the chain its nodes serve
 * @param head the newest block that more than half of the nodes in use have; empty while nobody knows
 * @param nodes every node, primaries first and send-only ones last, in the order they were given
 */
public record PoolStatus(long chainId, OptionalLong head, List<NodeStatus> nodes) {

    /** Copies. */
    public PoolStatus {
        nodes = List.copyOf(nodes);
    }

    /**
     * The node of a name.
     *
     * @param name the node's name, as in {@link NodeStatus#name}
     * @return empty if there was no such node
     */
    public Optional<NodeStatus> node(String name) {
        requireNonNull(name, "name");
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
    }

    /**
     * How many nodes that are asked for calls are healthy; send-only ones do not count.
     *
     * @return from 0
     */
    public long healthy() {
        return nodes.stream()
                .filter(node -> node.tier() != Tier.SEND_ONLY && node.state() == NodeState.HEALTHY)
                .count();
    }

    /**
     * Whether a node is fit, send-only ones aside. If none is, calls go to the least bad, since the last node is never given up; what it answers may be
     * old, or nothing.
     *
     * @return false if each is unhealthy, behind, syncing, broken or cordoned
     */
    public boolean hasFitNode() {
        return nodes.stream()
                .anyMatch(node -> node.tier() != Tier.SEND_ONLY
                        && node.state() == NodeState.HEALTHY
                        && !node.isBroken()
                        && !node.isCordoned());
    }

    @Override
    public String toString() {
        long asked =
                nodes.stream().filter(node -> node.tier() != Tier.SEND_ONLY).count();
        String about = "chain " + chainId + ", head " + (head.isPresent() ? head.getAsLong() : "unknown") + ", "
                + healthy() + " of " + asked + " healthy";
        return nodes.stream().map(NodeStatus::toString).collect(Collectors.joining("\n  ", about + "\n  ", ""));
    }
}
