package dev.tocsin.rpcpool.internal.call;

import org.jspecify.annotations.Nullable;

/**
 * What goes with a call through all layers.
 *
 * @param deadline when the caller stops to wait, in the time of the pool's ticker; shared by whatever the layers make of the call
 * @param minHead the block that a node must have to be asked; -1: any node
 * @param preferred the name of the node to ask as long as nothing speaks against it; null: none
 * @param watch who hears of its attempts
 */
public record CallContext(
        long deadline, long minHead, @Nullable String preferred, Watch watch) {

    /** Without a preferred node, and without anybody who hears of its attempts. */
    public CallContext(long deadline, long minHead) {
        this(deadline, minHead, null, Watch.NONE);
    }

    /** With a node's head that is at least so high. */
    public CallContext withMinHead(long head) {
        return head <= minHead ? this : new CallContext(deadline, head, preferred, watch);
    }

    /** With a node that is asked as long as nothing speaks against it; null: none. */
    public CallContext preferring(@Nullable String node) {
        return new CallContext(deadline, minHead, node, watch);
    }

    CallContext watchedBy(Watch other) {
        return new CallContext(deadline, minHead, preferred, other);
    }
}
