package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Port: how much may be spent in a day (UTC), by all senders that share it. What counts is the value that transactions carry, in wei; not
 * the gas, and not tokens.
 *
 * <p>A reservation must be durable when {@link #reserve} returns true, and counts until it is settled or released, on every day until then;
 * settled, it counts on the day of the settlement as well. So what a chain executes on a day is never more than the limit, and a crash can
 * only make it less. {@link #settle} and {@link #release} may come twice, and for keys that are not reserved. Must be safe for use by many
 * threads. An implementation that throws keeps the transaction from being signed.
 *
 * <p>A reservation has an owner, the sender that made it: a text that no other sender has, not one of another process either. It must be
 * kept with the reservation, and compared: a sender that was killed, or interrupted, does not know whether it had reserved, and releases what it
 * may have. What another owner has reserved under the same key must stay reserved then.
 */
public interface SpendingLimits {
    /**
     * Reserves an amount before anything is signed.
     *
     * @param key the request's
     * @param owner who reserves; at most 64 characters
     * @param wei how much, zero or more
     * @return false if that would be too much, or if the key has a reservation already, be it this owner's
     * @throws InterruptedException if interrupted; the amount may be reserved, and will be released
     */
    boolean reserve(String key, String owner, BigInteger wei) throws InterruptedException;

    /**
     * What was reserved is spent. Nothing if the key is not reserved, or by another owner.
     *
     * @param key the request's
     * @param owner who had reserved it
     */
    void settle(String key, String owner);

    /**
     * What was reserved will not be spent. Nothing if the key is not reserved, or by another owner.
     *
     * @param key the request's
     * @param owner who had reserved it
     */
    void release(String key, String owner);

    /**
     * Why {@link #reserve} has just said no: {@link TransactionOutcome.Refused#message()}. Must change nothing, ask nobody and not throw.
     *
     * @param key the request's
     * @param wei how much was asked for
     * @return for people, with what is left and the limit where these are known; this one does not know them
     */
    default String refusal(String key, BigInteger wei) {
        return wei + " wei are more than the limits allow now, or the key is reserved already";
    }

    /**
     * No limit.
     *
     * @return limits that refuse nothing
     */
    static SpendingLimits none() {
        return new NoLimits();
    }

    /**
     * A limit for the senders of this process, which begins anew with each process.
     *
     * @param wei the most in a day
     * @param clock tells the day
     * @return the limit
     */
    static SpendingLimits daily(BigInteger wei, InstantSource clock) {
        return new DailyLimit(requireNonNull(wei, "wei"), requireNonNull(clock, "clock"), new MemoryCell());
    }

    /**
     * A limit for all processes of this machine that name the same file. Each change is on the disk before it is acted on, under a lock of the
     * operating system on {@code file.lock}, for which others wait for up to 10 s. The file must be on a local disk. Delete it to forget
     * what was spent; one that cannot be read is an error. It is read here already.
     *
     * @param wei the most in a day; should be the same for all
     * @param clock tells the day; a day once begun does not end by a clock set back
     * @param file where it is written; made if it is not there, its folder must exist
     * @return the limit
     * @throws IllegalArgumentException if the folder does not exist
     * @throws IllegalStateException if the file was not written by this class; later on, by the methods
     * @throws java.io.UncheckedIOException if it cannot be read or written; likewise
     */
    static SpendingLimits daily(BigInteger wei, InstantSource clock, Path file) {
        return new DailyLimit(
                requireNonNull(wei, "wei"), requireNonNull(clock, "clock"), new SharedFile(file, System::nanoTime));
    }
}
