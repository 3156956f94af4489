package dev.tocsin.rpcpool.internal.logs;

import java.time.Duration;

/**
 * A limit that a node has shown, and that is forgotten by and by, since nodes are upgraded and some refusals were no limit at all: ten minutes
 * without a refusal double it, the next ten make it eight times that, and so on; after an hour or so there is none.
 *
 * @param value what was within it then; {@link #NONE}: anything
 * @param sinceNanos when that was
 */
record Limit(long value, long sinceNanos) {

    static final long NONE = Long.MAX_VALUE;
    static final Limit UNKNOWN = new Limit(NONE, 0);

    private static final long STEP_NANOS = Duration.ofMinutes(10).toNanos();
    private static final long MOST_STEPS = 6;

    /** What may be within it now. */
    long at(long nowNanos) {
        long steps = (nowNanos - sinceNanos) / STEP_NANOS;
        long doublings = steps * steps;
        if (value == NONE || steps > MOST_STEPS || value > (NONE >> doublings)) {
            return NONE;
        }
        return value << doublings;
    }

    /** The same or a lower one; a refusal that names no number is never taken for more room. */
    Limit lowered(long to, long nowNanos) {
        return new Limit(Math.min(at(nowNanos), to), nowNanos);
    }
}
