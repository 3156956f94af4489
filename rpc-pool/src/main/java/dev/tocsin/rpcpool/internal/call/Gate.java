package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.internal.node.Node;
import org.jspecify.annotations.Nullable;

/** Keeps a call away from nodes that would not serve it well. Asked for each node before every attempt: must be quick and must not block. */
@FunctionalInterface
public interface Gate {

    /** Why the node is not to be asked for the call; null if nothing speaks against it. */
    @Nullable Exclusion against(Node node, Asked asked, long now);
}
