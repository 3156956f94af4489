package dev.tocsin.rpcpool;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Who would be asked for a call if it were made now, and why not the others. {@link #toString} says it in lines for people.
 *
 * @param method what is called
 * @param pinned the block that is asked for in place of {@code latest} or {@code finalized}; empty if the call is asked as it is
 * @param minHead the block that a node must have; empty: any
 * @param isRemembered whether the cache has the answer, so that nobody would be asked
 * @param isCut whether the logs would be asked for in several requests, by what is known of the nodes' limits
 * @param hedge the node that is asked as well if the first is late; empty if nobody is
 * @param nodes every node in the order in which they would be asked, those last that never would; send-only ones after them, for {@code
 *     eth_sendRawTransaction} only
 */
public record Explanation(
        String method,
        OptionalLong pinned,
        OptionalLong minHead,
        boolean isRemembered,
        boolean isCut,
        Optional<String> hedge,
        List<Choice> nodes) {

    /** Copies. */
    public Explanation {
        nodes = List.copyOf(nodes);
    }

    /**
     * What speaks for a node and against it.
     *
     * @param node how it is
     * @param against why it is not asked for this call as long as there is a better one; empty if nothing speaks against it
     */
    public record Choice(NodeStatus node, Optional<Exclusion> against) {

        @Override
        public String toString() {
            return node.line(against);
        }
    }

    @Override
    public String toString() {
        StringBuilder about = new StringBuilder(method);
        pinned.ifPresent(block -> about.append(" at block ").append(block));
        minHead.ifPresent(block -> about.append(", of nodes that have block ").append(block));
        about.append(isRemembered ? ", answered from memory" : "").append(isCut ? ", cut into several requests" : "");
        hedge.ifPresent(node -> about.append(", and ").append(node).append(" if the first is late"));
        return nodes.stream().map(Choice::toString).collect(Collectors.joining("\n  ", about + "\n  ", ""));
    }
}
