package dev.tocsin.testsupport;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Wall time and elapsed time that stand still until the test moves them. Safe for use by many threads.
 *
 * <p>{@link #advance} moves both, as real time does; {@link #jump} moves the wall clock alone, as a correction by NTP does.
 */
public final class MutableClock implements InstantSource {
    private final AtomicReference<Instant> wall;
    private final AtomicLong elapsed;

    private MutableClock(Instant start, long nanos) {
        wall = new AtomicReference<>(start);
        elapsed = new AtomicLong(nanos);
    }

    /**
     * A clock that shows the given moment. Its ticker starts close below the overflow of {@code long}, so that code which compares ticks
     * by anything but their difference is found out within 20 seconds of test time.
     *
     * @param start the first moment
     * @return a clock that stands still
     */
    public static MutableClock at(Instant start) {
        return new MutableClock(start, Long.MAX_VALUE - Duration.ofSeconds(20).toNanos());
    }

    /**
     * A clock that shows the given moment.
     *
     * @param start the first moment, as in {@code 2026-11-21T00:00:00Z}
     * @return a clock that stands still
     */
    public static MutableClock at(String start) {
        return at(Instant.parse(start));
    }

    @Override
    public Instant instant() {
        return wall.get();
    }

    /**
     * Elapsed time.
     *
     * @return nanoseconds since an arbitrary moment; may overflow
     */
    public long nanos() {
        return elapsed.get();
    }

    /**
     * Elapsed time for constructors that want a ticker.
     *
     * @return a supplier of {@link #nanos}
     */
    public LongSupplier nanoTicker() {
        return elapsed::get;
    }

    /**
     * Lets time pass: wall time and elapsed time.
     *
     * @param time how much, zero or more
     * @return the moment reached
     */
    public Instant advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(
                    "time must not be negative, was " + time + "; jump moves the wall clock back");
        }
        elapsed.addAndGet(time.toNanos());
        return wall.updateAndGet(now -> now.plus(time));
    }

    /**
     * Sets the wall clock forward or back, while elapsed time stays.
     *
     * @param difference how far, negative for back
     * @return the moment now shown
     */
    public Instant jump(Duration difference) {
        return wall.updateAndGet(now -> now.plus(difference));
    }
}
