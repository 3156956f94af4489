package dev.tocsin.rpcpool.internal.node;

/** What the nodes together know of the chain. Answered without asking anybody. Safe for use by many threads. */
public interface ChainView {

    /**
     * The served tip: the newest block that a strict majority of the nodes in use has, never below what was {@linkplain #shown shown} of
     * late; -1 if nothing is known.
     */
    long tip();

    /**
     * The newest finalized block that a strict majority of the nodes in use has, of those that have told of one; never beyond
     * what they have, and not below one that was answered or {@linkplain #shownFinalized shown}, until that is given up as too old; -1 if no node has
     * told of one.
     */
    long finalized();

    /** The newest finalized block that was answered or shown; -1 if none was. */
    long finalizedShown();

    /** A caller has seen this block as finalized. */
    void shownFinalized(long block);

    /**
     * Whether nodes in use have heads other than the tip, or one has gone back of late, as several nodes behind one address do; so that {@code
     * latest} would mean different blocks.
     */
    boolean nodesDiffer();

    /** A caller has seen this head: the tip does not go below it, until it is given up as too old or replaced. */
    void shown(long head);

    /**
     * Nobody gives what is asked of a block that was shown, though it was waited for: one that most have never had, only a node that has
     * told of it, is not the tip any more.
     *
     * @return whether it was the tip, and of that kind
     */
    boolean denied(long block);

    /** The newest block that a single node is believed to have: no further above what most have, whatever was shown, than others may lag. */
    long believable();

    /** A node has told of its head, in whatever answer. */
    void learned(Node node, long head);

    /** Likewise, perhaps with the hash of that block. */
    void learned(Node node, Head head);

    /** How long what was shown is held against nodes that do not have it any more: ten block times, a minute at least. */
    long longestFloorNanos();

    /** The average time between blocks, in nanoseconds; 0 while it is not known. */
    long blockTimeNanos();
}
