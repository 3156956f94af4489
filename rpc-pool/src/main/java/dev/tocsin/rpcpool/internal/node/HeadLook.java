package dev.tocsin.rpcpool.internal.node;

/** Asks nodes for their newest block out of turn, in the background. What they say is learned by {@link ChainView}. Safe for use by many threads. */
public interface HeadLook {

    /** Asks all who have not told of it a moment ago. */
    void hurry();

    /** Whether a node that was asked has still to answer. */
    boolean isAsking();
}
