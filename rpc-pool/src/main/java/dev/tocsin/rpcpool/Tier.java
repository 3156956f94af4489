package dev.tocsin.rpcpool;

/** When a node is asked. */
public enum Tier {
    /** First: one of the primaries, by the strategy. */
    PRIMARY,
    /** When no primary can serve. */
    FALLBACK,
    /** Never: it is sent transactions and nothing else, and says nothing of the chain. */
    SEND_ONLY
}
