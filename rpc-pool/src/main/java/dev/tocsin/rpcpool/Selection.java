package dev.tocsin.rpcpool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which node is asked: a healthy primary by the strategy, else a healthy fallback by the strategy, else the least bad of the others,
 * those whose breaker is open among them, and last those that limit us. A node of another chain never is.
 */
final class Selection {

    private final List<Node> nodes;
    private final SelectionStrategy strategy;
    private final RandomGenerator random;
    private final LongSupplier nanoTicker;

    Selection(List<Node> nodes, SelectionStrategy strategy, RandomGenerator random, LongSupplier nanoTicker) {
        this.nodes = nodes;
        this.strategy = strategy;
        this.random = random;
        this.nanoTicker = nanoTicker;
    }

    /** The node to ask, of those that have not been asked; null if there is none. */
    @Nullable Node next(Set<Node> asked) {
        Node fit = nextFit(asked);
        return fit == null ? leastBad(asked) : fit;
    }

    /** As {@link #next}, but only a node that is as it should be; null if there is none. */
    @Nullable Node nextFit(Set<Node> asked) {
        long now = nanoTicker.getAsLong();
        List<Node> primaries = new ArrayList<>(nodes.size());
        List<Node> fallbacks = List.of();
        for (Node node : nodes) {
            if (asked.contains(node) || node.state() != NodeState.HEALTHY || !node.allows(now)) {
                continue;
            }
            if (node.tier() == Tier.PRIMARY) {
                primaries.add(node);
            } else {
                fallbacks = with(fallbacks, node);
            }
        }
        List<Node> best = primaries.isEmpty() ? fallbacks : primaries;
        return best.isEmpty() ? null : chosen(best);
    }

    private @Nullable Node leastBad(Set<Node> asked) {
        long now = nanoTicker.getAsLong();
        return nodes.stream()
                .filter(node -> !asked.contains(node) && node.state() != NodeState.WRONG_CHAIN)
                .min(Comparator.comparing((Node node) -> node.cools(now))
                        .thenComparingInt(Node::failuresInARow)
                        .thenComparing(Node::tier))
                .orElse(null);
    }

    /** Every node that may be asked, the best first. */
    List<Node> order() {
        Set<Node> asked = new LinkedHashSet<>();
        for (Node node = next(asked); node != null; node = next(asked)) {
            asked.add(node);
        }
        return List.copyOf(asked);
    }

    /** How many have not been asked. */
    int left(Set<Node> asked) {
        int left = 0;
        for (Node node : nodes) {
            left += !asked.contains(node) && node.state() != NodeState.WRONG_CHAIN ? 1 : 0;
        }
        return left;
    }

    private Node chosen(List<Node> best) {
        if (best.size() == 1) {
            return best.getFirst();
        }
        int index = strategy.choose(best, random);
        if (index < 0 || index >= best.size()) {
            throw new IllegalStateException(
                    "the selection strategy chose " + index + " of " + best.size() + " candidates");
        }
        return best.get(index);
    }

    private static List<Node> with(List<Node> list, Node node) {
        List<Node> longer = list.isEmpty() ? new ArrayList<>() : list;
        longer.add(node);
        return longer;
    }
}
