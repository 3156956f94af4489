package dev.tocsin.alerting;

/**
 * The port through which a router tells people. Whoever embeds the router connects it to whatever delivers.
 *
 * <p>Called from the thread that posts, one notification after the other. It must have a deadline of its own: the router waits for it.
 */
@FunctionalInterface
public interface Receiver {
    /**
     * Delivers one notification, or takes responsibility for its delivery. The router does not try again.
     *
     * @param notification what to tell
     * @throws InterruptedException if interrupted; whether it was delivered is not known, and the router gives up the rest
     * @throws Exception if it could not be delivered; the other receivers are told nevertheless
     */
    void notify(Notification notification) throws Exception;
}
