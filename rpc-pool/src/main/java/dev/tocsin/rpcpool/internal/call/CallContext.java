package dev.tocsin.rpcpool.internal.call;

/**
 * What goes with a call through all layers.
 *
 * @param deadline when the caller stops to wait, in the time of the pool's ticker; shared by whatever the layers make of the call
 * @param minHead the block that a node must have to be asked; -1: any node
 * @param watch who hears of its attempts
 */
public record CallContext(long deadline, long minHead, Watch watch) {

    /** Without anybody who hears of its attempts. */
    public CallContext(long deadline, long minHead) {
        this(deadline, minHead, Watch.NONE);
    }

    /** With a node's head that is at least so high. */
    public CallContext withMinHead(long head) {
        return new CallContext(deadline, Math.max(minHead, head), watch);
    }

    CallContext watchedBy(Watch other) {
        return new CallContext(deadline, minHead, other);
    }
}
