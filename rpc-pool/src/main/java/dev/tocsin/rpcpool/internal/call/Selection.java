package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.SelectionStrategy;
import dev.tocsin.rpcpool.Tier;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which node is asked: a primary by the strategy, of those that no {@link Gate} keeps away; else a fallback likewise; else the least bad of
 * the others, so that the last node is never given up. A node of another chain, or one an operator has taken out, never is.
 */
public final class Selection {

    private static final RpcCall ANY = RpcCall.of("any");

    private final Nodes nodes;
    private final SelectionStrategy strategy;
    private final Gate[] gates;
    private final RandomGenerator random;
    private final LongSupplier nanoTicker;

    public Selection(
            Nodes nodes,
            SelectionStrategy strategy,
            List<Gate> gates,
            RandomGenerator random,
            LongSupplier nanoTicker) {
        this.nodes = nodes;
        this.strategy = strategy;
        this.gates = gates.toArray(Gate[]::new);
        this.random = random;
        this.nanoTicker = nanoTicker;
    }

    /** The node to ask, of those that have not been tried; null if there is none. */
    @Nullable Node next(Asked asked, Set<Node> tried) {
        Node fit = nextFit(asked, tried);
        return fit == null ? leastBad(asked, tried) : fit;
    }

    /** As {@link #next}, but only a node that nothing speaks against; null if there is none. */
    @Nullable Node nextFit(Asked asked, Set<Node> tried) {
        long now = nanoTicker.getAsLong();
        List<Node> all = nodes.all();
        List<Node> primaries = new ArrayList<>(all.size());
        List<Node> fallbacks = List.of();
        for (Node node : all) {
            if (tried.contains(node) || against(node, asked, now) != null) {
                continue;
            }
            if (asked.prefers(node)) {
                return node;
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

    /** Whether there is a node that nothing speaks against, for a call of which nothing is known. */
    boolean hasFit() {
        return nextFit(any(), Set.of()) != null;
    }

    /** Why a node is not to be asked for a call as long as there is a better one; null if nothing speaks against it. */
    public @Nullable Exclusion against(Node node, Asked asked, long now) {
        Exclusion reason = node.against(now);
        if (reason == null && asked.minHead() > node.headOr(-1)) {
            reason = Exclusion.LACKS_BLOCK;
        }
        for (int i = 0; reason == null && i < gates.length; i++) {
            reason = gates[i].against(node, asked, now);
        }
        return reason;
    }

    /** As {@link #against(Node, Asked, long)}, whatever is called. */
    public @Nullable Exclusion against(Node node) {
        return against(node, any(), nanoTicker.getAsLong());
    }

    private @Nullable Node leastBad(Asked asked, Set<Node> tried) {
        long now = nanoTicker.getAsLong();
        return nodes.all().stream()
                .filter(node -> !tried.contains(node) && node.mayBeAsked())
                .min(Comparator.comparing((Node node) -> badness(node, asked, now))
                        .thenComparingInt(node -> node.health().failuresInARow())
                        .thenComparingLong(node -> node.budget().wait(asked.calls(), asked.cost(node), now))
                        .thenComparing(Node::tier))
                .orElse(null);
    }

    private Exclusion badness(Node node, Asked asked, long now) {
        Exclusion reason = against(node, asked, now);
        return reason == null
                ? Exclusion.SATURATED // nothing any more: the mildest
                : reason == Exclusion.BROKEN ? Exclusion.UNHEALTHY : reason; // of these two the failures decide
    }

    /** Whether nothing speaks against a node for a call that is about a block. */
    public boolean isFit(Node node, long block) {
        long now = nanoTicker.getAsLong();
        return against(node, new Asked(ANY.method(), ANY, 0, new CallContext(now, block), nanoTicker), now) == null;
    }

    /** Every node that may be asked, the best first. */
    public List<Node> order() {
        return order(any());
    }

    private Asked any() {
        return new Asked(ANY.method(), ANY, 0, new CallContext(nanoTicker.getAsLong(), -1), nanoTicker);
    }

    /** Every node that may be asked for a call, the best first. */
    public List<Node> order(Asked asked) {
        Set<Node> tried = new LinkedHashSet<>();
        for (Node node = next(asked, tried); node != null; node = next(asked, tried)) {
            tried.add(node);
        }
        return List.copyOf(tried);
    }

    /** How many have not been tried. */
    int left(Set<Node> tried) {
        int left = 0;
        for (Node node : nodes.all()) {
            left += !tried.contains(node) && node.mayBeAsked() ? 1 : 0;
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
