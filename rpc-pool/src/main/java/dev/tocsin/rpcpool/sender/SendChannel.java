package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.SendOutcome;

/**
 * Port: how signed bytes leave. The default is {@code pool::send}; {@code hex -> pool.broadcast(hex).outcome()} sends to all nodes at once.
 * For a private relay it is a function that maps the relay's outcome to this one. Must be safe for use by many threads.
 */
@FunctionalInterface
public interface SendChannel {
    /**
     * Sends, or sends again: the same bytes may come many times. {@link SendOutcome.Rejected} is said only if nobody has taken them in this
     * send.
     *
     * @param signedHex 0x and the signed bytes
     * @return what became of it
     * @throws InterruptedException if interrupted; the sender takes it that the bytes may have left
     */
    SendOutcome send(String signedHex) throws InterruptedException;
}
