package dev.tocsin.rpcpool.internal.node;

/** Asks nodes for their newest block out of turn, in the background. What they say is learned by {@link ChainView}. Safe for use by many threads. */
public interface HeadLook {

    /** Asks all who have not told of it a moment ago. */
    void hurry();

    /** Asks all, for what is believed of them may be wrong. */
    void doubt();

    /**
     * For somebody who relies on what is known of the newest block: a single node is asked for it as well, for as long as this is called.
     *
     * @return whether it is being asked because that was not done of late
     */
    boolean keepUp();

    /** Whether a node that was asked has still to answer. */
    boolean isAsking();
}
