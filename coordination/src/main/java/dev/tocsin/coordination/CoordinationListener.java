package dev.tocsin.coordination;

import java.time.Duration;

/**
 * Is told what happens to leases and elections. Every method does nothing by default.
 *
 * <p>Called from many threads; must be quick. What it throws is caught, and logged once. Events of two threads
 * may arrive in either order.
 */
public interface CoordinationListener {
    /** Does nothing. */
    CoordinationListener NONE = new CoordinationListener() {};

    /**
     * A lease was granted to this instance.
     *
     * @param name the lease's name
     * @param token its fencing token
     * @param took from the first attempt to the answer
     */
    default void onAcquired(String name, long token, Duration took) {}

    /**
     * A lease was not granted, because another owner holds it. Told for each attempt.
     *
     * @param name the lease's name
     * @param holder the holder's label
     */
    default void onHeldByAnother(String name, String holder) {}

    /**
     * The store gave no answer to an attempt to acquire.
     *
     * @param name the lease's name
     * @param cause what the client said
     */
    default void onAcquireFailed(String name, Exception cause) {}

    /**
     * A lease was renewed.
     *
     * @param name the lease's name
     * @param token its fencing token
     * @param took from the request to the answer
     */
    default void onRenewed(String name, long token, Duration took) {}

    /**
     * The store gave no answer to an attempt to renew. The lease is not lost by that; it is tried again until the deadline.
     *
     * @param name the lease's name
     * @param token its fencing token
     * @param remaining what is left until the local deadline
     * @param cause what the client said
     */
    default void onRenewalFailed(String name, long token, Duration remaining, Exception cause) {}

    /**
     * A lease ended. Told once a lease, also when it was released.
     *
     * @param name the lease's name
     * @param token its fencing token
     * @param reason why
     */
    default void onEnded(String name, long token, EndReason reason) {}

    /**
     * A candidate of this instance was elected; told before its callback.
     *
     * @param election the election's name
     * @param term the term's number and fencing token
     */
    default void onElected(String election, long term) {}

    /**
     * A candidate's term ended; told before its callback.
     *
     * @param election the election's name
     * @param term the term's number and fencing token
     * @param reason why
     */
    default void onRevoked(String election, long term, EndReason reason) {}

    /**
     * A callback of a candidate threw, or did not end within the drain time.
     *
     * @param election the election's name
     * @param term the term's number and fencing token
     * @param cause what it threw
     */
    default void onCallbackFailed(String election, long term, Throwable cause) {}
}
