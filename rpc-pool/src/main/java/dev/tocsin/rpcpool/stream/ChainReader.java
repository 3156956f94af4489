package dev.tocsin.rpcpool.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Port: how the stream reads a chain. Every answer is a claim of some node; two calls may be answered by two nodes that do not
 * agree. The stream checks what it is told.
 */
interface ChainReader {
    /** The chain. */
    long chainId();

    /**
     * The head's number, and blocks by number, as far as possible from one node.
     *
     * @param from the first number, at least 0
     * @param to the last number, inclusive; below {@code from} asks for the head only
     */
    View view(long from, long to) throws ChainReadException, InterruptedException;

    /** An answer for each of the blocks, in their order. */
    List<LogsAnswer> logs(List<Block> blocks, LogQuery query) throws ChainReadException, InterruptedException;

    /** Calls the listener when a node tells of a new head; never proves that there is none. */
    AutoCloseable onHead(Runnable listener);

    /** Whether it will read nothing any more. */
    boolean isClosed();

    /**
     * What a node sees.
     *
     * @param head the number of its newest block
     * @param blocks the block of each number, null where it has none
     */
    record View(long head, List<@Nullable Block> blocks) {}

    /** One log as a node told it. */
    record ToldLog(Log log, boolean removed) {}

    /** What a node says about the logs of one block. */
    sealed interface LogsAnswer {
        /** It answered; not checked yet. */
        record Told(List<ToldLog> logs) implements LogsAnswer {}

        /** It could not, or the answer was none. */
        record Failed(String why) implements LogsAnswer {}
    }
}
