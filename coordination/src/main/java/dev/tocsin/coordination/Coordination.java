package dev.tocsin.coordination;

/**
 * One instance's access to the leases and elections of a store; the door of this module.
 *
 * <p>Opened by {@link LocalCoordination} or {@code dev.tocsin.coordination.redis.RedisCoordination}. Safe for use by many
 * threads.
 */
public interface Coordination extends AutoCloseable {
    /**
     * Returns the leases.
     *
     * @return the lock service of this store; always the same object
     */
    LockService locks();

    /**
     * Prepares to stand in an election. Nothing happens before {@link LeaderElection.Builder#join()}.
     *
     * @param name the election's name, the same for all candidates; 1 to 128 characters of {@code a-z 0-9 . - _}. It is also
     *     the name of the lease that the leader holds.
     * @return a builder, for one thread
     * @throws IllegalArgumentException if the name is not of that shape
     * @throws IllegalStateException if this coordination has been closed
     */
    LeaderElection.Builder election(String name);

    /**
     * Resigns from all elections ({@link LeaderElection#close()}), releases all leases that are still held, and stops all
     * background work. Does not close the client of the store, which belongs to the caller. Idempotent.
     *
     * <p>Blocks for at most the drain time of the slowest election and one command of the store. Whatever could not be
     * released by then runs out by itself within its ttl.
     */
    @Override
    void close();
}
