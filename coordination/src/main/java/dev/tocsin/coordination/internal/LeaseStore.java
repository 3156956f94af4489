package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.CoordinationException;
import java.time.Duration;

/**
 * Where leases are kept: the seam behind which each backend stands. Every operation is atomic, and idempotent by the lease's
 * id, so that the engine may repeat one whose answer was lost. Expiry is judged by the store's own clock alone.
 *
 * <p>A store throws {@link CoordinationException} when there was no answer; then the operation may or may not have
 * taken place, or may even take place later.
 */
public interface LeaseStore {
    /**
     * Grants the lease if it is free, or has run out, or already belongs to this id (then its ttl starts anew). The token of a new
     * grant is greater than every earlier one of the name. An id that has been released is never granted again.
     *
     * @param name the lease's name
     * @param id the acquisition's random id
     * @param ttl how long it lives
     * @param label the instance's label
     * @return the answer
     */
    Grant acquire(String name, String id, Duration ttl, String label);

    /**
     * Starts the ttl anew, if the lease still belongs to this id, even if it ran out meanwhile; also if the store lost it
     * and nobody has taken it since (it is then granted again to the same id with the same token). Never after a release.
     *
     * @param name the lease's name
     * @param id the acquisition's id
     * @param token its fencing token
     * @param ttl how long it lives from now
     * @param label the instance's label
     * @return false if the lease belongs to another, or was released
     */
    boolean renew(String name, String id, long token, Duration ttl, String label);

    /**
     * Frees the lease if it belongs to this id; otherwise changes nothing for its owner. A request to acquire or to renew with this
     * id that arrives later is refused.
     *
     * @param name the lease's name
     * @param id the acquisition's id
     */
    void release(String name, String id);

    /**
     * Calls back when the lease may have become free. A hint that may fail to come or come for nothing: the engine polls as well.
     *
     * @param name the lease's name
     * @param wake must be quick
     * @return ends the watch
     */
    Watch watch(String name, Runnable wake);

    /** A running {@link #watch}. */
    @FunctionalInterface
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** The answer to {@link #acquire}. */
    sealed interface Grant {
        /**
         * The lease is ours.
         *
         * @param token its fencing token
         */
        record Granted(long token) implements Grant {}

        /**
         * The lease belongs to another.
         *
         * @param remaining until it runs out, if it is not renewed
         * @param holder the holder's label
         */
        record Held(Duration remaining, String holder) implements Grant {}

        /** This id has been released; it can never have the lease again. */
        record Spent() implements Grant {}
    }
}
