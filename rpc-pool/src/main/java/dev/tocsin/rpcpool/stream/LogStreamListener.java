package dev.tocsin.rpcpool.stream;

import java.time.Duration;
import java.util.List;

/**
 * Is told what a {@link LogStream} does and doubts. Every method does nothing by default. Called by the stream's own thread, one
 * call at a time for each stream; must be quick; what it throws is caught, counted and logged once.
 */
public interface LogStreamListener {
    /**
     * The stream knows where it stands, and begins.
     *
     * @param chainId the chain
     * @param checkpoint the position it begins after, loaded or new
     */
    default void onBegin(long chainId, Checkpoint checkpoint) {}

    /**
     * The block to begin with is far above the nodes' newest one, in every look for 10 s. The stream waits for it; told once.
     *
     * @param chainId the chain
     * @param first the block to begin with
     * @param head the nodes' newest block
     */
    default void onWaiting(long chainId, long first, long head) {}

    /**
     * The nodes' newest block is far below the last delivered one, in every look for 10 s: they have lost blocks, or it is another
     * chain. The stream waits until they have that block again; told once until then.
     *
     * @param chainId the chain
     * @param processed the last delivered block
     * @param head the nodes' newest block
     */
    default void onBehind(long chainId, long processed, long head) {}

    /**
     * A node told of a higher head than any before, or than any since {@link #onBehind}.
     *
     * @param chainId the chain
     * @param head its number
     */
    default void onHead(long chainId, long head) {}

    /**
     * The handler has taken a batch, and its checkpoint has been saved if the stream does that.
     *
     * @param batch the batch
     */
    default void onBatch(LogBatch batch) {}

    /**
     * The stream has gone over to another branch. Its blocks follow in {@link #onBatch}.
     *
     * @param chainId the chain
     * @param ancestor the number of the last block of both branches
     * @param depth how many known blocks were dropped
     * @param retracted those of them that had been delivered, newest first; empty if the handler will not notice
     */
    default void onReorg(long chainId, long ancestor, long depth, List<Header> retracted) {}

    /**
     * Blocks or logs could not be read, or what was read makes no sense. Nothing was skipped; it is tried again.
     *
     * @param chainId the chain
     * @param why what happened
     * @param attempt how often in a row, from 1
     * @param pause how long the stream waits before the next attempt
     */
    default void onRetry(long chainId, String why, int attempt, Duration pause) {}

    /**
     * The handler threw, or its checkpoint could not be saved. The same step is tried again with the same batch.
     *
     * @param batch the batch
     * @param failure what was thrown
     * @param attempt how often in a row, from 1
     * @param pause how long the stream waits before the next attempt
     */
    default void onHandlerFailed(LogBatch batch, Throwable failure, int attempt, Duration pause) {}

    /**
     * A block may have wanted logs by its bloom, and a node said twice that it has none. Mostly chance, seldom a node that has
     * lost logs; taken as "none".
     *
     * @param chainId the chain
     * @param block the block
     */
    default void onSuspiciousEmpty(long chainId, Header block) {}

    /**
     * The chain reorganised deeper than the stream can follow. It has stopped and does nothing more.
     *
     * @param chainId the chain
     * @param why what was found
     */
    default void onViolation(long chainId, String why) {}
}
