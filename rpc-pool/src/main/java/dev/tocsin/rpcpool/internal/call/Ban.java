package dev.tocsin.rpcpool.internal.call;

import java.time.Duration;

/**
 * What a node has refused once it need not be asked again: for 10 min; then one call may try, and another every 30 s until it is known what
 * came of it. Each time that the refusal is confirmed it lasts twice as long, an hour at most. Safe for use by many threads.
 */
final class Ban {

    private static final long FIRST = Duration.ofMinutes(10).toNanos();
    private static final long LONGEST = Duration.ofHours(1).toNanos();
    private static final long BETWEEN_TRIES = Duration.ofSeconds(30).toNanos();

    private final long since;
    private final long lasts;
    private volatile long nextTry;

    Ban(long now) {
        this(now, FIRST);
    }

    private Ban(long now, long lasts) {
        this.since = now;
        this.lasts = lasts;
        this.nextTry = now + lasts;
    }

    boolean keepsAway(long now) {
        return nextTry - now > 0;
    }

    /** A call is on its way all the same: if it is the one that may try, the others wait for what comes of it. */
    void tried(long now) {
        if (!keepsAway(now)) {
            nextTry = now + BETWEEN_TRIES;
        }
    }

    /** After one more refusal: longer, unless it still lasted, so that the call was on its way or nobody else was left. */
    Ban refusedAgain(long now) {
        return now - since < lasts ? this : new Ban(now, Math.min(LONGEST, 2 * lasts));
    }
}
