package dev.tocsin.coordination;

import java.time.Duration;
import java.util.Objects;

/**
 * How long {@link LockService#acquire} may wait.
 *
 * @param atMost the longest wait, from 0 (one attempt) to 1 day
 */
public record Wait(Duration atMost) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * Checks the range.
     *
     * @param atMost the longest wait
     */
    public Wait {
        Objects.requireNonNull(atMost, "atMost");
        if (atMost.isNegative() || atMost.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("wait must be from PT0S to " + LONGEST + ", was " + atMost);
        }
    }

    /**
     * Waits at most so long; made for a static import.
     *
     * @param atMost the longest wait, from 0 (one attempt) to 1 day
     * @return the wait
     */
    public static Wait waitingUpTo(Duration atMost) {
        return new Wait(atMost);
    }
}
