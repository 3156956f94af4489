package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * How a {@link LogStream} stands, at one moment. Immutable.
 *
 * @param processed the newest block whose batch the handler has taken; -1 before the first
 * @param head the highest block number a node has told of; -1 before the first answer. Below {@code processed} only when every
 *     node's newest block has long been: they have lost blocks, or it is another chain
 * @param lastProgress when a batch was last taken, by the stream's wall clock
 * @param lastError what failed last, if nothing has succeeded since
 * @param violated whether the stream has stopped because the chain reorganised deeper than the stream can follow
 */
public record StreamStatus(
        long processed, long head, Optional<Instant> lastProgress, Optional<String> lastError, boolean violated) {
    /**
     * Checks that nothing is null.
     *
     * @throws NullPointerException if a part is null
     */
    public StreamStatus {
        requireNonNull(lastProgress, "lastProgress");
        requireNonNull(lastError, "lastError");
    }

    /**
     * How many blocks the stream is behind, those included that wait for their confirmations.
     *
     * @return head minus processed, at least 0
     */
    public long lag() {
        return Math.max(0, head - processed);
    }
}
