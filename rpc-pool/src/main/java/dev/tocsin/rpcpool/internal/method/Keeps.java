package dev.tocsin.rpcpool.internal.method;

/** How long the answer of a method holds. */
public enum Keeps {
    /** For ever. */
    ALWAYS,
    /** As long as the block that the call names is what it was: for ever by hash. */
    BLOCK,
    /** As long as the block that the answer names is part of the chain. */
    ANSWER,
    /** Until the head moves. */
    HEAD,
    /** Not at all. */
    NEVER
}
