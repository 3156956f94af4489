package dev.tocsin.notification;

/**
 * Brings messages to one destination: a mailbox, a chat channel, a program.
 *
 * <p>A gateway tries once and reports what is known; it never retries in hiding, keeps no queue and forgets the message when {@code
 * send} returns. Implementations are safe for use by many threads.
 *
 * {@snippet file="dev/tocsin/notification/ReadmeIT.java" region="send"}
 */
public interface Gateway extends AutoCloseable {
    /**
     * What this gateway is called in configuration, logs and metrics; never contains a secret.
     *
     * @return 1 to 64 characters of {@code A-Z a-z 0-9 . _ : -}
     */
    String name();

    /**
     * Tries once to deliver the message.
     *
     * <p>Blocks until the other side has answered, for at most the gateway's own deadline. Does not throw for anything the network or
     * the other side does: that is the outcome.
     *
     * @param message what to say; its key identifies it over all attempts
     * @return what is known after the attempt
     * @throws InterruptedException if interrupted while waiting; the message may or may not have been delivered
     */
    DeliveryOutcome send(Message message) throws InterruptedException;

    /**
     * Asks whether the other side is there, without delivering anything.
     *
     * <p>Blocks for at most the gateway's own deadline. An answer of "up" says that the way is open, not that the next message will
     * be taken.
     *
     * @return what was found
     * @throws InterruptedException if interrupted while waiting
     */
    GatewayHealth check() throws InterruptedException;

    /**
     * This gateway, reporting every outcome and every check to a listener.
     *
     * @param listener who is told, on the sending thread, after the attempt; what it throws is logged once and otherwise ignored
     * @return a gateway that sends through this one; closing it closes this one
     */
    default Gateway reportingTo(GatewayListener listener) {
        return new ReportingGateway(this, listener, System::nanoTime);
    }

    /** Gives back connections and threads, if any are held. Idempotent. Does nothing by default. */
    @Override
    default void close() {}
}
