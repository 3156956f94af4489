package dev.tocsin.rpcpool.internal.transport;

import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many calls a node takes in one request, as its refusals have shown; forgotten after ten minutes. Safe for use by many threads. */
public final class BatchSize {

    private static final long FORGOTTEN_AFTER = Duration.ofMinutes(10).toNanos();
    private static final Pattern NUMBER = Pattern.compile("(?<![0-9a-zA-Z])[0-9]{1,4}(?![0-9a-zA-Z])");

    private final int most;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private int learnedMost; // guarded by lock
    private long learnedAt; // guarded by lock

    /** With how many it is before anything is learned, and at most. */
    public BatchSize(int most) {
        this.most = most;
        this.learnedMost = most;
    }

    /** How many calls the node takes at once. */
    public int takes(long now) {
        lock.lock();
        try {
            if (learnedMost < most && now - learnedAt > FORGOTTEN_AFTER) {
                learnedMost = most;
            }
            return learnedMost;
        } finally {
            lock.unlock();
        }
    }

    /** It takes no more than that. */
    void learn(int takes, long now) {
        lock.lock();
        try {
            learnedMost = Math.max(1, Math.min(learnedMost, takes));
            learnedAt = now;
        } finally {
            lock.unlock();
        }
    }

    /** Learns from the refusal of so many calls; false if they were not refused for their number or their size. */
    public boolean learn(NodeFailure failure, int sent, long now) {
        switch (failure.meaning().orElse(ErrorClass.NODE_ERROR)) {
            case BATCH_TOO_LARGE -> learn(told(failure.reason(), sent), now);
            case REQUEST_TOO_LARGE, RESULT_TOO_LARGE -> learn(sent / 2, now);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The largest number in the text that is smaller than what was sent; else half of that. */
    private static int told(String text, int sent) {
        int told = 0;
        Matcher numbers = NUMBER.matcher(text);
        while (numbers.find()) {
            int number = Integer.parseInt(numbers.group());
            told = number < sent ? Math.max(told, number) : told;
        }
        return told > 0 ? told : sent / 2;
    }
}
