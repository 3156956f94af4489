package dev.tocsin.runner;

import dev.tocsin.rpcpool.stream.LogStreamListener;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what keeps the stream from going on and what to do about it, in the same words to the log and to {@code /ready}. */
final class StreamLog implements LogStreamListener {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tocsin.runner");

    private final Path stateFile;
    private final CompletableFuture<String> stopped = new CompletableFuture<>();
    private volatile long behindAt = Long.MIN_VALUE; // the last delivered block when the nodes were found behind it

    StreamLog(Path stateFile) {
        this.stateFile = stateFile;
    }

    @Override
    public void onWaiting(long chainId, long first, long head) {
        LOG.warn("{}", waiting(first, head));
    }

    @Override
    public void onBehind(long chainId, long processed, long head) {
        behindAt = processed;
        LOG.warn("{}", behind(processed, head));
    }

    @Override
    public void onViolation(long chainId, String why) {
        String words = why + whatToDo();
        LOG.error("{}", words);
        stopped.complete(words);
    }

    /** Completed, with the words, when a stream has stopped that cannot go on, nor can any other from this state. */
    CompletableFuture<String> stopped() {
        return stopped;
    }

    static String waiting(long first, long head) {
        return "waiting for block " + first + ", the newest is " + head;
    }

    /** Whether the nodes were found behind the last delivered block, and none has followed on it since. */
    boolean isBehind(long processed) {
        return processed <= behindAt;
    }

    String behind(long processed, long head) {
        String relation = head < processed ? ", behind the checkpoint " : ", and none follows on the checkpoint ";
        return "the nodes' newest block is " + head + relation + processed + whatToDo();
    }

    private String whatToDo() {
        return "; is it another chain? then take " + stateFile + " away";
    }
}
