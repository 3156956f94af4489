package dev.tocsin.rpcpool.internal.node;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The highest block that was shown, below which nothing is shown; until what is known has stayed below it for so long that it must be gone
 * from the chain. Without that end a deep reorganisation would stop every read. Safe for use by many threads.
 */
public final class Floor {

    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong value = new AtomicLong(-1);
    private final AtomicLong belowSince = new AtomicLong(NEVER);

    /** The block; -1 if there is none. */
    public long value() {
        return value.get();
    }

    /** Nothing below it is shown from now on. */
    public void raise(long to) {
        if (to > value.get()) {
            value.accumulateAndGet(to, Math::max);
        }
    }

    /** The floor is reached, or what is known is not below it any more. */
    public void reached() {
        if (belowSince.get() != NEVER) {
            belowSince.set(NEVER);
        }
    }

    /** What is known is below it: whether that has been so for the whole time. */
    public boolean isTooOld(long now, long mostNanos) {
        long since = belowSince.get();
        if (since == NEVER) {
            belowSince.compareAndSet(NEVER, now);
            return false;
        }
        return now - since >= mostNanos;
    }

    /** Gives up the floor that was seen; false if it has changed meanwhile. */
    public boolean lower(long seen, long to) {
        boolean lowered = value.compareAndSet(seen, to);
        if (lowered) {
            reached();
        }
        return lowered;
    }
}
