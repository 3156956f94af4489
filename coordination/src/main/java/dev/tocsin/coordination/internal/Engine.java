package dev.tocsin.coordination.internal;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * What every lease and candidate of one coordination shares.
 *
 * @param store where leases are kept
 * @param scheduler time and tasks
 * @param timing the store's timeouts
 * @param pollEvery how often at least a waiter looks again
 * @param label this instance's name, for people
 * @param random for jitter
 * @param listener told what happens
 */
record Engine(
        LeaseStore store,
        Scheduler scheduler,
        Timing timing,
        Duration pollEvery,
        String label,
        RandomGenerator random,
        SafeListener listener) {
    private static final SecureRandom IDS = new SecureRandom();
    private static final long MAX_JITTER_NANOS = Duration.ofMillis(10).toNanos();

    /** An acquisition's identity: 128 random bits, so that no two ever meet. */
    static String newId() {
        byte[] bytes = new byte[16];
        IDS.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** When to look again at a lease that another holds: when it may have run out, but at least so often as is polled. */
    long nextLook(long nowNanos, Duration remaining) {
        long wait = remaining.plusMillis(1).toNanos() + random.nextLong(MAX_JITTER_NANOS);
        return nowNanos + Math.min(wait, pollEvery.toNanos());
    }

    /** When to try again after the store gave no answer: after half to all of the retry delay. */
    long nextRetry(long nowNanos) {
        long delay =
                Math.max(timing.retryDelay().toNanos(), Duration.ofMillis(1).toNanos());
        return nowNanos + delay / 2 + random.nextLong(delay / 2);
    }
}
