package dev.tocsin.rpcpool.sender;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Port: what a sender must not forget. Written before the bytes it speaks of leave, so that after a crash nothing is on its way that is not
 * in here. One store belongs to one sender: one account of one chain. Must be safe for use by many threads. An implementation that throws
 * keeps the transaction from being sent.
 */
public interface PendingTransactions extends AutoCloseable {
    /**
     * What is known of a key.
     *
     * @param key the request's
     * @return pending or finished; empty if it was never used or is free again
     */
    Optional<PendingTransaction> find(String key);

    /**
     * Keeps it in place of what was known of its key; durable once this returns. Finished ones, dropped ones among them, are to be kept for as
     * long as their keys may come again: what is forgotten is executed anew.
     *
     * @param transaction what to keep
     */
    void save(PendingTransaction transaction);

    /**
     * Forgets a key. Nothing if it is not known.
     *
     * @param key the request's
     */
    void remove(String key);

    /**
     * Those that are not finished.
     *
     * @return a copy, in the order of their first saving
     */
    List<PendingTransaction> open();

    /** Frees what the store holds; whoever opened it closes it, after the last use of the sender. */
    @Override
    default void close() {}

    /**
     * A store that ends with the process: a crash forgets what was on its way. Remembers the last 10,000 that were finished, executed or
     * dropped.
     *
     * @return an empty store
     */
    static PendingTransactions inMemory() {
        return new KnownTransactions();
    }

    /**
     * A store in a file, for one process at a time: held by a lock of the operating system on {@code file.lock} until it is closed or the
     * process ends. Each change is on the disk before it is acted on. Remembers the last 10,000 that were finished,
     * executed or dropped.
     *
     * @param file where it is written; made if it is not there, its folder must exist and be on a local disk
     * @return the store as it was
     * @throws IllegalStateException if it is in use, or was not written by this class
     * @throws java.io.UncheckedIOException if it cannot be read or written
     */
    static PendingTransactions file(Path file) {
        return new TransactionFile(file);
    }
}
