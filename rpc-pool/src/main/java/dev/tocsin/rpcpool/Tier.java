package dev.tocsin.rpcpool;

/** When a node is asked. */
public enum Tier {
    /** In rotation with the other primaries. */
    PRIMARY,
    /** When no primary can serve. */
    FALLBACK
}
