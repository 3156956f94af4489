package dev.tocsin.rpcpool;

/**
 * When {@code latest} is asked of nodes by the number of a block that most of them have, so that answers of different nodes are of one
 * chain that only grows. With one node nothing is pinned.
 */
public enum Pinning {
    /** Never: a caller gets what a node says, {@code eth_blockNumber} included, and may see the chain go back. */
    NEVER,
    /** When nodes are known to have different heads. A node that is a block ahead, unnoticed as yet, may answer for its own latest block. */
    WHEN_NODES_DIFFER,
    /** Always: no read ever goes back. A new block is seen once most nodes are known to have it. */
    ALWAYS
}
