package dev.tocsin.rpcpool.stream;

import java.util.Optional;

/**
 * Port: where a {@link LogStream} keeps its position between runs.
 *
 * <p>Must be durable when {@link #save} returns, and replace the position as a whole; a half-written one is refused by
 * {@link Checkpoint#parse}. Called by the stream's own thread only. An implementation that throws is asked again later; the stream
 * waits for it.
 */
public interface CheckpointStore {
    /**
     * The position of this chain.
     *
     * @param chainId the chain
     * @return the position saved last, or empty if there is none
     * @throws Exception if it could not be read; the stream tries again
     */
    Optional<Checkpoint> load(long chainId) throws Exception;

    /**
     * Replaces the position of this chain.
     *
     * @param chainId the chain
     * @param checkpoint the position
     * @throws Exception if it may not have been saved; the stream tries again
     */
    void save(long chainId, Checkpoint checkpoint) throws Exception;
}
