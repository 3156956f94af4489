package dev.tocsin.rpcpool;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Who would be asked for a call if it were made now, and why not the others. {@link #toString} says it in lines for people.
 *
 * @param method what is called
 * @param minHead the block that a node must have; empty: any
 * @param nodes every node but send-only ones, in the order in which they would be asked, those last that never would
 */
public record Explanation(String method, OptionalLong minHead, List<Choice> nodes) {

    /** Copies. */
    public Explanation {
        nodes = List.copyOf(nodes);
    }

    /**
     * What speaks for a node and against it.
     *
     * @param node its name
     * @param tier its tier
     * @param against why it is not asked as long as there is a better one; empty if nothing speaks against it
     * @param cause more of it, such as why it last failed; empty text if there is nothing to say
     * @param head the newest block it has told of
     * @param latencyMillis how long its answers take; 0 if it has answered nothing yet
     * @param inFlight how many calls it is working on
     * @param successRate how many of the recent calls it served, above 0, at most 1
     */
    public record Choice(
            String node,
            Tier tier,
            Optional<Exclusion> against,
            String cause,
            OptionalLong head,
            double latencyMillis,
            int inFlight,
            double successRate) {

        @Override
        public String toString() {
            String numbers = String.format(
                    Locale.ROOT,
                    "%s, head %s, %.1f ms, %d in flight, %.0f %% served",
                    tier.name().toLowerCase(Locale.ROOT),
                    head.isPresent() ? head.getAsLong() : "unknown",
                    latencyMillis,
                    inFlight,
                    100 * successRate);
            return against.map(reason -> node + " " + reason.words() + (cause.isEmpty() ? "" : ": " + cause) + " ["
                            + reason + "] (" + numbers + ")")
                    .orElseGet(() -> node + " (" + numbers + ")");
        }
    }

    @Override
    public String toString() {
        String about = minHead.isPresent() ? ", of nodes that have block " + minHead.getAsLong() : "";
        return nodes.stream().map(Choice::toString).collect(Collectors.joining("\n  ", method + about + "\n  ", ""));
    }
}
