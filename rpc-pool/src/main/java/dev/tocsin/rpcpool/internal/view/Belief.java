package dev.tocsin.rpcpool.internal.view;

import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.node.ChainView;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;

/**
 * What single nodes tell of new blocks, and whether callers are held to it: others are asked what they know of it, so that neither a chain that
 * is quicker than the looks at heads nor a node that makes blocks up is taken for the other. Safe for use by many threads.
 */
public final class Belief {

    /** So far below the tip a node may be missing a block because it is behind; further below it has thrown it away. */
    static final int NEAR = 10;

    private final Nodes nodes;
    private final ChainView chain;
    private final Patience patience;

    public Belief(Nodes nodes, ChainView chain, Patience patience) {
        this.nodes = nodes;
        this.chain = chain;
        this.patience = patience;
    }

    boolean isAlone() {
        return nodes.all().size() == 1;
    }

    /** Whether there are several nodes, under one address or more. */
    boolean mayDiffer() {
        return !isAlone() || chain.nodesDiffer();
    }

    /** Of many nodes the heads are asked for anyway. */
    void keepUp(CallContext context) throws InterruptedException {
        if (isAlone()) {
            patience.forHead(context.deadline());
        }
    }

    /** A node has told of its head. A leap of the only one, which was noted where it came in, is true if it tells of it again. */
    void told(String node, long number, CallContext context) throws InterruptedException {
        boolean leaps = isAlone() && number - chain.tip() > NEAR;
        if (!leaps) {
            has(node, number);
        }
        long tip = chain.tip();
        if (number > tip && (leaps || number - tip <= NEAR)) {
            patience.forOthers(number, context.deadline());
        }
    }

    /**
     * Whether a block of which a node has told is one that callers are held to: most have it, or those that have not, asked just now, lag no
     * further than they may. What is far ahead of them the node alone could have made up.
     */
    boolean holds(String node, long block, CallContext context) throws InterruptedException {
        has(node, block);
        if (block > chain.tip()) {
            patience.forOthers(block, context.deadline());
        }
        return block <= chain.believable();
    }

    private void has(String name, long block) {
        Node node = nodes.named(name);
        if (node != null && block > node.headOr(-1)) {
            chain.learned(node, block);
        }
    }
}
