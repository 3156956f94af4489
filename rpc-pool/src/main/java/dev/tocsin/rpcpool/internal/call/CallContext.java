package dev.tocsin.rpcpool.internal.call;

/**
 * What goes with a call through all layers.
 *
 * @param deadline when the caller stops to wait, in the time of the pool's ticker; shared by whatever the layers make of the call
 * @param minHead the block that a node must have to be asked; -1: any node
 */
public record CallContext(long deadline, long minHead) {

    /** With a node's head that is at least so high. */
    public CallContext withMinHead(long head) {
        return new CallContext(deadline, Math.max(minHead, head));
    }
}
