package dev.tocsin.rpcpool.internal.node;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket that is one number: the time until which everything taken from it is paid for. Whoever comes while that lies ahead waits
 * until then, in the order of coming. A twentieth of a second's tokens is saved, no more; where the rate is that of a plan, tokens come at
 * 95 % of it: so no second, wherever it begins, sees more than the plan allows. Safe for use by many threads, without a lock.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-I.371">ITU-T I.371, generic cell rate algorithm (virtual scheduling)</a>
 */
final class Pace {

    private static final double SECOND = Duration.ofSeconds(1).toNanos();
    private static final double SAVED = 0.05; // of a second's tokens

    private final AtomicLong paidUntil = new AtomicLong();
    private volatile boolean isUsed; // before that, paidUntil means nothing
    private volatile double rate = Double.POSITIVE_INFINITY;

    /** Tokens a second; infinite if nothing limits it. */
    double rate() {
        return rate;
    }

    void rate(double perSecond) {
        rate = perSecond;
    }

    /** How long who wants so many tokens now would wait. */
    long wait(long tokens, long now) {
        return isUsed ? Math.max(0, paidUntil.get() - now - tolerance(tokens)) : 0;
    }

    /** Takes tokens, if that means to wait for at most so long; how long, or -1 if it would be longer and nothing was taken. */
    long take(long tokens, long now, long longest) {
        double perSecond = rate;
        if (!isUsed) {
            if (perSecond == Double.POSITIVE_INFINITY) {
                return 0;
            }
            begin(now);
        }
        while (true) {
            long before = paidUntil.get();
            long wait = Math.max(0, before - now - tolerance(tokens));
            if (wait > longest) {
                return -1;
            }
            if (paidUntil.compareAndSet(before, later(before, now) + price(tokens, perSecond))) {
                return wait;
            }
        }
    }

    /** Gives back what was taken and not used. */
    void giveBack(long tokens) {
        if (isUsed) {
            paidUntil.addAndGet(-price(tokens, rate));
        }
    }

    /** Nothing before a time, and nothing saved then. */
    void pause(long now, long until) {
        if (!isUsed) {
            begin(now);
        }
        paidUntil.accumulateAndGet(until + tolerance(0), Pace::later);
    }

    private void begin(long now) {
        paidUntil.compareAndSet(0, now);
        isUsed = true;
    }

    /** By difference, so that overflow is harmless. */
    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    private static long price(long tokens, double perSecond) {
        return (long) (tokens * SECOND / perSecond);
    }

    private long tolerance(long tokens) {
        double perSecond = rate;
        return perSecond == Double.POSITIVE_INFINITY
                ? 0
                : (long) (Math.max(0, perSecond * SAVED - tokens) * SECOND / perSecond);
    }
}
