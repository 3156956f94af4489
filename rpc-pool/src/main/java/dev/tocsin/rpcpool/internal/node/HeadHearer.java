package dev.tocsin.rpcpool.internal.node;

/** Hears of the end of the chain. Must be quick and must not block. */
public interface HeadHearer {

    /** A node has told of its head. In order: the newest block that most nodes have, be it the same as before or, when nodes were late, an older one. */
    void head(Head most);

    /** No majority has had a newer block than this for long: what was told of those after it is no longer so. */
    void givenUp(long head);
}
