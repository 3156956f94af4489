package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * What a {@link LogStream} hands to its handler: first what no longer holds, then what is new, and the position after both.
 *
 * <p>Apply it in this order: undo the blocks of {@link #retracted()}, apply {@link #logs()}, record {@link #checkpoint()}; with a
 * database, in one transaction. A batch whose handler failed, or whose process died before the checkpoint was recorded, comes
 * again, perhaps cut differently; {@link Log#key()} tells what has been seen.
 *
 * <p>All three lists may be empty: the first batch of a stream that begins without a checkpoint only carries the position.
 * Immutable.
 *
 * @param chainId the chain
 * @param retracted blocks that had been delivered and are no longer in the chain, newest first
 * @param blocks the blocks of this batch, ascending, each the child of the one before; those without wanted logs included
 * @param logs the wanted logs of {@code blocks}, in the order of the chain
 * @param checkpoint the position after this batch
 * @param seenAt when the batch was complete, by the stream's wall clock
 */
public record LogBatch(
        long chainId,
        List<Header> retracted,
        List<Header> blocks,
        List<Log> logs,
        Checkpoint checkpoint,
        Instant seenAt) {
    /**
     * Copies the lists.
     *
     * @throws NullPointerException if a part is null
     */
    public LogBatch {
        retracted = List.copyOf(retracted);
        blocks = List.copyOf(blocks);
        logs = List.copyOf(logs);
        requireNonNull(checkpoint, "checkpoint");
        requireNonNull(seenAt, "seenAt");
    }
}
