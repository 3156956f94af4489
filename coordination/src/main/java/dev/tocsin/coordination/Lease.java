package dev.tocsin.coordination;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * A lease that was granted to this owner: the right to do something alone, for as long as {@link #isValid()}.
 *
 * <p>It is renewed in the background at a third of its ttl until it is closed or lost. An error or a timeout of the store is
 * not a loss: renewal is tried again until the local deadline. The deadline is counted from before the request was sent, on
 * the monotonic clock, less 1 % for drifting clocks and a margin of 5 % of the ttl (at least 50 ms). So the holder
 * knows that it is out, without asking anybody, before the store may grant the lease to another; also on the first
 * instruction after a pause of the process.
 *
 * <p>What it does <b>not</b> promise: that work begun while it was valid ends before another holds the lease. Between asking
 * {@code isValid()} and the write that follows lies time, and a pause may fall into it. Whoever must not be hurt by that gives
 * {@link #token()} along with each write and lets the resource refuse a smaller token than it has seen.
 *
 * <p>Once invalid, a lease never becomes valid again. Safe for use by many threads.
 */
public interface Lease extends AutoCloseable {
    /**
     * Returns the name under which it was acquired.
     *
     * @return the lease's name
     */
    String name();

    /**
     * Returns the fencing token: greater than that of every earlier lease of this name in this store.
     *
     * @return the token, positive; about the store's microseconds since 1970, so that it grows even if the store forgot
     */
    long token();

    /**
     * Tells whether the local deadline still lies ahead. No I/O, no lock.
     *
     * @return true only while the store cannot have granted the lease to another, its clock running within 1 % of ours
     */
    boolean isValid();

    /**
     * Returns what is left until the local deadline, if it were not renewed any more. No I/O.
     *
     * @return the time left; zero if the lease is not valid
     */
    Duration remaining();

    /**
     * Makes sure that so much time is left. No I/O, no renewal.
     *
     * @param atLeast what the caller needs for what it is about to do; not negative
     * @throws LeaseLostException if less is left, or nothing
     */
    void ensure(Duration atLeast);

    /**
     * Calls back once if the lease is lost, that is ends otherwise than by {@link #close()}: at the local deadline, before
     * another may hold it, or at once if the store says that another does. If it has been lost already, calls back now.
     *
     * <p>Runs on a virtual thread of its own, never on the one that renews. What it throws is logged.
     *
     * @param callback told the reason: {@link EndReason#EXPIRED} or {@link EndReason#TAKEN}
     */
    void onLost(Consumer<EndReason> callback);

    /**
     * Gives the lease back, so that another may have it at once. Invalid from the first moment; renewal has ended before the
     * request is sent. Idempotent; hurts no successor if the lease had been lost.
     *
     * <p>One command of the store. If the store gives no answer, release is tried again in the background until the ttl
     * has passed, when the lease has run out by itself; nothing is thrown.
     */
    void release();

    /** The same as {@link #release()}. */
    @Override
    default void close() {
        release();
    }
}
