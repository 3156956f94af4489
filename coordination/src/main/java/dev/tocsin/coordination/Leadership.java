package dev.tocsin.coordination;

import java.time.Duration;

/**
 * The answer to "am I the leader": about one term, taken from {@link LeaderElection#leadership()}.
 *
 * <p>Answered without I/O from the local deadline of the term's lease, so never stale. What {@link Lease} says about pauses
 * holds here as well: guard what must not be written twice by {@link #token()}. Safe for use by many threads.
 */
public interface Leadership {
    /**
     * Tells whether this instance leads.
     *
     * @return true only while nobody else can be leader
     */
    boolean isValid();

    /**
     * Returns the term's number, which is its fencing token.
     *
     * @return the token of this term, also after its end; 0 if this candidate has never led
     */
    long token();

    /**
     * Returns what is left until the local deadline, if the lease were not renewed any more.
     *
     * @return the time left; zero if this instance does not lead
     */
    Duration remaining();

    /**
     * Makes sure that so much time is left. No I/O.
     *
     * @param atLeast what the caller needs for what it is about to do; not negative
     * @throws LeaseLostException if less is left, or this instance does not lead
     */
    void ensure(Duration atLeast);
}
