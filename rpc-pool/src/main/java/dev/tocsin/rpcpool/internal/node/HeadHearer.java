package dev.tocsin.rpcpool.internal.node;

/** Hears of the end of the chain. Must be quick and must not block. */
public interface HeadHearer {

    /** A node has told of its head. In order: the newest block that most nodes have, be it the same as before or, when nodes were late, an older one. */
    void head(Head most);

    /** What was told of the blocks after this is no longer so: for long no majority has had them, or has had them as finalized. */
    void givenUp(long head);
}
