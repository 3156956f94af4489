package dev.tocsin.rpcpool.internal.node;

import java.util.List;

/** The nodes of a pool, primaries first, in the order in which they were given. Safe for use by many threads. */
public final class Nodes {

    private volatile List<Node> all;

    public Nodes(List<Node> all) {
        this.all = List.copyOf(all);
    }

    /** A snapshot. */
    public List<Node> all() {
        return all;
    }

    @Override
    public String toString() {
        return all.toString();
    }
}
