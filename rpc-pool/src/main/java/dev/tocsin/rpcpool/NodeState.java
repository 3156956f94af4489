package dev.tocsin.rpcpool;

/** What the pool thinks of a node. */
public enum NodeState {
    /** Has not answered yet. Asked only when no healthy node is left. */
    UNKNOWN,
    /** Answers. */
    HEALTHY,
    /** Failed too often in a row. Asked only when no healthy node is left, and checked until it answers again. */
    UNHEALTHY,
    /** Serves another chain. Never asked; checked again, since its operator may mend it. */
    WRONG_CHAIN
}
