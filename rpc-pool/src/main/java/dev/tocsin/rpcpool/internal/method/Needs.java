package dev.tocsin.rpcpool.internal.method;

/** What a node must still have to serve a method; each kind is pruned at its own depth. */
public enum Needs {
    /** Nothing of the past. */
    NONE,
    /** Headers and bodies of blocks. */
    BLOCK,
    /** A transaction, found by its hash. */
    TRANSACTION,
    /** Receipts. */
    RECEIPT,
    /** Receipts, and their index. */
    LOGS,
    /** Accounts and storage as of a block. */
    STATE,
    /** The tree of the state as of a block. */
    PROOF,
    /** The state before a block, to execute it again. */
    TRACE
}
