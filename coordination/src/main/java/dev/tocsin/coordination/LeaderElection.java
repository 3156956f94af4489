package dev.tocsin.coordination;

import java.time.Duration;
import java.util.Optional;

/**
 * One candidate in an election. It stands from {@link Builder#join()} until {@link #close()}: when it loses a term it stands
 * again by itself.
 *
 * <p>The callbacks of one candidate strictly alternate, {@code onElected(term)} and then {@code onRevoked(term, reason)} of
 * the same term, one at a time, on a virtual thread that is never the one that renews. Several candidates may
 * stand in one process; each is on its own. Safe for use by many threads.
 */
public interface LeaderElection extends AutoCloseable {
    /**
     * Returns the election's name.
     *
     * @return the name
     */
    String name();

    /**
     * Answers "am I the leader", without I/O.
     *
     * @return this candidate's current or latest term; ask for it anew each time, for a term that has ended stays ended
     */
    Leadership leadership();

    /**
     * Returns who led when this candidate last looked, for people to read. An observation that may be old, by which nothing
     * may be decided.
     *
     * @return the label of the last leader seen; empty if nobody led, or the store has not answered yet
     */
    Optional<String> lastSeenLeader();

    /**
     * Resigns and stands no more. If this candidate leads: {@code onRevoked(term, RELEASED)} is called and waited for while
     * the lease is still renewed, and then the lease is released, so that another takes over at once. Idempotent.
     *
     * <p>Blocks until then, but not longer than the drain time; after that the callback is interrupted and the
     * lease is left to run out, because its work may still be going on. From within a callback it does not wait.
     */
    @Override
    void close();

    /** What a candidate does when it has become leader. */
    @FunctionalInterface
    interface Elected {
        /**
         * Starts the leader's work; should return soon. Interrupted if the term ends meanwhile.
         *
         * @param term the term's number and fencing token
         * @throws Exception if the work cannot be started: the term is given back (reason {@link EndReason#FAILED}), and
         *     this candidate stands again after one ttl, so that another has its chance
         */
        void elected(long term) throws Exception;
    }

    /** What a leader does when its term has ended, or is about to because it resigns. */
    @FunctionalInterface
    interface Revoked {
        /**
         * Stops the leader's work; returns when nothing of it goes on. Only then this candidate stands again.
         *
         * @param term the term's number and fencing token, as in {@link Elected#elected}
         * @param reason why it ended
         * @throws Exception is reported to the listener; the term has ended all the same
         */
        void revoked(long term, EndReason reason) throws Exception;
    }

    /** Settings of a candidate. Mutable, for one thread; can be joined once. */
    interface Builder {
        /**
         * Sets what to do when elected.
         *
         * @param callback default: nothing, for those who only ask {@link LeaderElection#leadership()}
         * @return this builder
         */
        Builder onElected(Elected callback);

        /**
         * Sets what to do when the term ends.
         *
         * @param callback default: nothing
         * @return this builder
         */
        Builder onRevoked(Revoked callback);

        /**
         * Sets how long the leader's lease lives without renewal, and so how long a crashed leader is missed.
         *
         * @param ttl default 10 s; 100 ms to 1 h, the same for all candidates. Too short, and a hiccup of the store ends the
         *     term; too long, and nobody works for as long after a crash.
         * @return this builder
         * @throws IllegalArgumentException if it is out of range or too short for the store's timeouts, with the arithmetic
         */
        Builder ttl(Duration ttl);

        /**
         * Sets how long {@link LeaderElection#close()} waits for the leader's work to end.
         *
         * @param atMost default 10 s; 0 to 1 h. Too short, and the successor has to wait for the lease to run out.
         * @return this builder
         */
        Builder drainWithin(Duration atMost);

        /**
         * Stands in the election; the first attempt is made at once, in the background. Does not wait for its outcome, nor
         * fail if the store cannot be reached: that is tried again until {@link LeaderElection#close()}.
         *
         * @return the candidate
         * @throws IllegalStateException if the coordination has been closed, or this builder was joined already
         */
        LeaderElection join();
    }
}
