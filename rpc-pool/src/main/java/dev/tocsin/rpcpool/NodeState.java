package dev.tocsin.rpcpool;

/** What the pool thinks of a node. */
public enum NodeState {
    /** Has not answered yet. Asked only when no healthy node is left. */
    UNKNOWN,
    /** Answers, and keeps up with the others. */
    HEALTHY,
    /**
     * Answers, but its newest block is too far behind that of most nodes, or it gets no new blocks while they do. Asked only when no
     * healthy node is left; healthy again as soon as it has caught up.
     */
    BEHIND,
    /** Says that it has not caught up with the chain. Asked only when no healthy node is left; healthy after four checks without that. */
    SYNCING,
    /** Failed too often in a row, or refused our key. Asked only when no healthy node is left, and checked until it answers again. */
    UNHEALTHY,
    /** Serves another chain, by its id or its genesis block. Never asked; checked again, since its operator may mend it. */
    WRONG_CHAIN
}
