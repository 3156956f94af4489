package dev.tocsin.coordination.internal;

import java.time.Duration;

/**
 * The timing inequality, and the deadlines that follow from it.
 *
 * <p>Let {@code s} be the monotonic time just before a request to acquire or renew is sent, and {@code T} the ttl. The store frees
 * the lease at {@code s + T} at the earliest. The holder counts itself out at {@code D = s + T - drift - margin}, where
 * drift is 1 % of T (two clocks running apart), and margin is 5 % of T but at least 50 ms (for callbacks to be told in).
 * A lease can survive one lost answer only if {@code T/3 + attempts * (commandTimeout + retryDelay) < D - s}.
 *
 * @param commandTimeout how long one command of the store may take
 * @param retryDelay the pause before a failed command is tried again
 */
public record Timing(Duration commandTimeout, Duration retryDelay) {
    /** The shortest ttl of any lease. */
    static final Duration SHORTEST = Duration.ofMillis(100);

    /** The longest ttl of any lease. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** Attempts to renew that must fit before the deadline. */
    static final int ATTEMPTS = 2;

    private static final long MIN_MARGIN_NANOS = Duration.ofMillis(50).toNanos();

    /**
     * Refuses a ttl that is out of range, or too short for the store's timeouts.
     *
     * @param ttl the ttl
     * @return the same ttl
     */
    Duration check(Duration ttl) {
        if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("ttl must be from " + SHORTEST + " to " + LONGEST + ", was " + ttl);
        }
        if (neededNanos(ttl) >= validNanos(ttl)) {
            throw new IllegalArgumentException("ttl " + ttl + " is too short: renewal at a third of it ("
                    + renewAfter(ttl)
                    + ") and " + ATTEMPTS + " attempts of " + commandTimeout + " command timeout and " + retryDelay
                    + " retry delay take " + Duration.ofNanos(neededNanos(ttl))
                    + ", but the local deadline comes after "
                    + Duration.ofNanos(validNanos(ttl)) + " (ttl less " + Duration.ofNanos(driftNanos(ttl))
                    + " drift and "
                    + Duration.ofNanos(marginNanos(ttl)) + " margin); with these timeouts it must be longer than "
                    + Duration.ofMillis(longEnoughMillis()));
        }
        return ttl;
    }

    /**
     * Tells when a holder must count itself out.
     *
     * @param sentNanos the time just before the request was sent
     * @param ttl the ttl asked for
     * @return the local deadline
     */
    static long deadline(long sentNanos, Duration ttl) {
        return sentNanos + validNanos(ttl);
    }

    /**
     * Tells how long after a renewal the next one is due.
     *
     * @param ttl the ttl
     * @return a third of it
     */
    static Duration renewAfter(Duration ttl) {
        return ttl.dividedBy(3);
    }

    private static long validNanos(Duration ttl) {
        return ttl.toNanos() - driftNanos(ttl) - marginNanos(ttl);
    }

    private static long driftNanos(Duration ttl) {
        return ttl.toNanos() / 100;
    }

    private static long marginNanos(Duration ttl) {
        return Math.max(ttl.toNanos() / 20, MIN_MARGIN_NANOS);
    }

    private long neededNanos(Duration ttl) {
        return renewAfter(ttl).toNanos()
                + commandTimeout.plus(retryDelay).multipliedBy(ATTEMPTS).toNanos();
    }

    /** Solves the inequality for T, to the millisecond above. */
    private long longEnoughMillis() {
        double attemptsMillis =
                commandTimeout.plus(retryDelay).multipliedBy(ATTEMPTS).toNanos() / 1e6;
        double withSmallestMargin = (attemptsMillis + MIN_MARGIN_NANOS / 1e6) / (0.99 - 1 / 3d);
        double withShare = attemptsMillis / (0.94 - 1 / 3d);
        return (long) Math.ceil(Math.max(withSmallestMargin, withShare));
    }
}
