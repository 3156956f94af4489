package dev.tocsin.rpcpool.internal.node;

import java.time.Duration;

/** How long a node that limits us is left alone. Not thread-safe: guarded by its node's {@link Health}. */
final class Cooling {

    private boolean isCooling;
    private long until;

    /** A shorter time does not end a longer one. */
    void begin(Duration time, long now) {
        long end = now + time.toNanos();
        until = isCooling && until - end > 0 ? until : end;
        isCooling = true;
    }

    boolean lasts(long now) {
        isCooling = isCooling && until - now > 0;
        return isCooling;
    }

    /** How long it still lasts. */
    long left(long now) {
        return lasts(now) ? until - now : 0;
    }
}
