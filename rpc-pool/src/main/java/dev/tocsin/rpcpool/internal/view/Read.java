package dev.tocsin.rpcpool.internal.view;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.method.BlockRef;
import dev.tocsin.rpcpool.internal.method.Keeps;
import dev.tocsin.rpcpool.internal.method.Method;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A call as it goes to a node.
 *
 * @param call with the number of a block in place of a tag, if it is pinned
 * @param block what the caller named
 * @param number of the block it names, is pinned to or was seen in; -1: none
 * @param minHead the block that a node must have; -1: any
 */
public record Read(RpcCall call, Method method, BlockRef block, long number, long minHead) {

    /** Answers that are a block, which names its number. */
    private static final Set<String> BLOCKS = Set.of("eth_getBlockByNumber", "eth_getHeaderByNumber");

    /** What exists if the block does, so that null denies the block. */
    private static final Set<String> WITH_BLOCK = Set.of(
            "eth_getBlockByNumber",
            "eth_getHeaderByNumber",
            "eth_getBlockReceipts",
            "eth_getBlockTransactionCountByNumber");

    /** Pinned to a block by number. */
    static Read pinned(RpcCall call, Method method, BlockRef.Tag tag, long number) {
        return new Read(method.at(call, tag, number), method, tag, number, number);
    }

    /** By hash, of something that was seen in a block. */
    Read seenIn(long seen) {
        return new Read(call, method, block, seen, seen);
    }

    /** As it is. */
    static Read asIs(RpcCall call, Method method, BlockRef block, long minHead) {
        return new Read(call, method, block, -1, minHead);
    }

    Read withMinHead(long head) {
        return new Read(call, method, block, number, head);
    }

    /** Whether a number stands in place of a tag. */
    public boolean isPinned() {
        return number >= 0 && block instanceof BlockRef.Tag;
    }

    boolean givesBlock() {
        return BLOCKS.contains(method.label());
    }

    boolean nullDeniesBlock() {
        return number >= 0 && WITH_BLOCK.contains(method.label());
    }

    /** Whether an answer must not be null: the block has been shown, or the transaction was seen in it. */
    boolean mustBe() {
        return number >= 0
                && (isPinned() ? nullDeniesBlock() : block == BlockRef.None.NONE && method.keeps() == Keeps.ANSWER);
    }

    /** The number of the block that an answer is; -1 if it is none. */
    static long numberOf(JsonNode block) {
        return quantity(block.path("number"));
    }

    /** -1 if it is none. */
    static long quantity(JsonNode value) {
        return BlockRef.of(value) instanceof BlockRef.ByNumber by ? by.number() : -1;
    }
}
