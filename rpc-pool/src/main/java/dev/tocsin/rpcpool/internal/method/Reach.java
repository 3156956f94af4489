package dev.tocsin.rpcpool.internal.method;

import dev.tocsin.rpcpool.RpcCall;

/**
 * How far a call reaches into the chain.
 *
 * @param needs what a node must still have of it
 * @param oldest the first block that it needs; -1 if it names none by number, or only what every node has
 * @param newest the last block that it needs; likewise
 */
public record Reach(Needs needs, long oldest, long newest) {

    private static final long KEPT_STATES = 128; // by nodes that are no archives

    /** That of a call. A block that is named by its hash may be anywhere: nothing is known of it. */
    public static Reach of(RpcCall call) {
        Method method = Methods.of(call.method());
        return new Reach(method.needs(), number(method.oldestBlock(call)), number(method.newestBlock(call)));
    }

    /** Whether it needs states that only an archive has, as of a head. */
    public boolean isForArchives(long head) {
        return oldest >= 0
                && head - oldest > KEPT_STATES
                && (needs == Needs.STATE || needs == Needs.PROOF || needs == Needs.TRACE);
    }

    private static long number(BlockRef block) {
        return switch (block) {
            case BlockRef.ByNumber byNumber -> byNumber.number();
            case BlockRef.Tag tag -> tag == BlockRef.Tag.EARLIEST ? 0 : -1;
            case BlockRef.ByHash hash -> -1;
            case BlockRef.None none -> -1;
        };
    }
}
