package dev.tocsin.rpcpool.stream;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on to listeners of the user, and keeps what they throw from the stream. */
final class GuardedStreamListener implements LogStreamListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogStream.class);

    private final List<LogStreamListener> listeners;
    private final AtomicLong failures = new AtomicLong();

    GuardedStreamListener(List<LogStreamListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void onBegin(long chainId, Checkpoint checkpoint) {
        listeners.forEach(listener -> guarded(() -> listener.onBegin(chainId, checkpoint)));
    }

    @Override
    public void onWaiting(long chainId, long first, long head) {
        listeners.forEach(listener -> guarded(() -> listener.onWaiting(chainId, first, head)));
    }

    @Override
    public void onBehind(long chainId, long processed, long head) {
        listeners.forEach(listener -> guarded(() -> listener.onBehind(chainId, processed, head)));
    }

    @Override
    public void onHead(long chainId, long head) {
        listeners.forEach(listener -> guarded(() -> listener.onHead(chainId, head)));
    }

    @Override
    public void onBatch(LogBatch batch) {
        listeners.forEach(listener -> guarded(() -> listener.onBatch(batch)));
    }

    @Override
    public void onReorg(long chainId, long ancestor, long depth, List<Header> retracted) {
        listeners.forEach(listener -> guarded(() -> listener.onReorg(chainId, ancestor, depth, retracted)));
    }

    @Override
    public void onRetry(long chainId, String why, int attempt, Duration pause) {
        listeners.forEach(listener -> guarded(() -> listener.onRetry(chainId, why, attempt, pause)));
    }

    @Override
    public void onHandlerFailed(LogBatch batch, Throwable failure, int attempt, Duration pause) {
        listeners.forEach(listener -> guarded(() -> listener.onHandlerFailed(batch, failure, attempt, pause)));
    }

    @Override
    public void onSuspiciousEmpty(long chainId, Header block) {
        listeners.forEach(listener -> guarded(() -> listener.onSuspiciousEmpty(chainId, block)));
    }

    @Override
    public void onViolation(long chainId, String why) {
        listeners.forEach(listener -> guarded(() -> listener.onViolation(chainId, why)));
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException failure) {
            if (failures.incrementAndGet() == 1) {
                LOG.warn("log stream listener failed, further failures are only counted", failure);
            }
        }
    }
}
