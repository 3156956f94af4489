package dev.tocsin.coordination;

import java.time.Duration;
import java.util.Optional;

/**
 * Gives leases: at most one owner of a name at a time, as far as a lease can promise that (see {@link Lease}).
 *
 * <p>Not reentrant and not bound to threads: each acquisition is an owner of its own, also within one process. Waiters are
 * not served in any order. Safe for use by many threads.
 */
public interface LockService {
    /**
     * Takes the lease if nobody holds it. Never waits for another holder.
     *
     * <p>One command of the store; on Redis it blocks for at most the client's timeouts.
     *
     * @param name the lease's name; 1 to 128 characters of {@code a-z 0-9 . - _}
     * @param ttl how long the lease lives without renewal, 100 ms to 1 h; the shorter, the sooner another gets it after a
     *     crash, and the shorter an outage of the store may be without losing it
     * @return the lease, or empty if another owner holds it
     * @throws IllegalArgumentException if the name or the ttl is out of range, or if the ttl is too short for the store's
     *     timeouts; the message has the arithmetic
     * @throws IllegalStateException if this coordination has been closed
     * @throws CoordinationException if the store gave no answer in time; the lease may or may not be held, at most until
     *     {@code ttl} has passed, by an owner that nobody knows; it is released in the background as soon as the store answers
     */
    Optional<Lease> tryAcquire(String name, Duration ttl);

    /**
     * Takes the lease, waiting until it is free, but not longer than the wait allows. Also an unreachable store is waited for.
     *
     * @param name the lease's name; 1 to 128 characters of {@code a-z 0-9 . - _}
     * @param ttl how long the lease lives without renewal; 100 ms to 1 h
     * @param wait how long to wait, such as {@code waitingUpTo(ofSeconds(2))}; the last command may take the client's timeout
     *     beyond that
     * @return the lease
     * @throws IllegalArgumentException as for {@link #tryAcquire}
     * @throws IllegalStateException if this coordination has been closed, also while waiting
     * @throws LeaseUnavailableException if another owner held it for all that time
     * @throws CoordinationException if the store gave no answer to the last attempt, as for {@link #tryAcquire}
     * @throws InterruptedException if the thread is interrupted while waiting; the lease is not held
     */
    Lease acquire(String name, Duration ttl, Wait wait) throws InterruptedException;
}
