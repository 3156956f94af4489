package dev.tocsin.rpcpool.stream;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing pauses: doubled with every failure in a row up to a cap, then shortened by up to a half at random. */
record Backoff(Duration first, Duration cap, RandomGenerator random) {
    Duration after(int failures) {
        int doublings = Math.min(Math.max(failures - 1, 0), 30);
        long nanos = cap.toNanos() >> doublings < first.toNanos() ? cap.toNanos() : first.toNanos() << doublings;
        return Duration.ofNanos(nanos - (long) (nanos * 0.5 * random.nextDouble()));
    }
}
