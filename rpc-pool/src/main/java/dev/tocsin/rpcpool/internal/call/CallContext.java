package dev.tocsin.rpcpool.internal.call;

import org.jspecify.annotations.Nullable;

/**
 * What goes with a call through all layers.
 *
 * @param deadline when the caller stops to wait, in the time of the pool's ticker; shared by whatever the layers make of the call
 * @param minHead the block that a node must have to be asked; -1: any node
 * @param preferred the name of the node to ask as long as nothing speaks against it; null: none
 */
public record CallContext(
        long deadline, long minHead, @Nullable String preferred) {

    /** Without a preferred node. */
    public CallContext(long deadline, long minHead) {
        this(deadline, minHead, null);
    }

    /** With a node's head that is at least so high. */
    public CallContext withMinHead(long head) {
        return head <= minHead ? this : new CallContext(deadline, head, preferred);
    }
}
