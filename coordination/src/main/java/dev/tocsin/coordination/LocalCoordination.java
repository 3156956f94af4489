package dev.tocsin.coordination;

import static java.util.Objects.requireNonNull;

import dev.tocsin.coordination.internal.LocalStore;
import dev.tocsin.coordination.internal.StoreCoordination;
import dev.tocsin.coordination.internal.Timing;
import dev.tocsin.coordination.internal.VirtualThreadScheduler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Leases and elections within this process; the embedded default. Each one created is a world of its own: two of them know
 * nothing of each other. Several candidates may stand in one.
 */
public final class LocalCoordination {
    private static final Duration POLL = Duration.ofMillis(250);
    private static final long CHECK_PASSED_IN_TICKER_NANOS =
            Duration.ofMillis(2).toNanos();

    private LocalCoordination() {}

    /**
     * Creates one on the system's clocks.
     *
     * @return the coordination
     */
    public static Coordination create() {
        return builder().open();
    }

    /**
     * Begins one with other settings.
     *
     * @return a builder, for one thread
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Settings. Mutable, for one thread. */
    public static final class Builder {
        private CoordinationListener listener = CoordinationListener.NONE;
        private String label = "local";
        private LongSupplier nanoTicker = System::nanoTime;
        private long longestParkNanos = Long.MAX_VALUE;
        private InstantSource clock = InstantSource.system();
        private RandomGenerator random = RandomGeneratorFactory.getDefault().create();

        private Builder() {}

        /**
         * Sets who is told what happens.
         *
         * @param listener default: nobody
         * @return this builder
         */
        public Builder listener(CoordinationListener listener) {
            this.listener = requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Sets this instance's name, for people.
         *
         * @param label default {@code local}
         * @return this builder
         */
        public Builder label(String label) {
            this.label = requireNonNull(label, "label");
            return this;
        }

        /**
         * Sets the monotonic clock. {@link Lease#isValid()} follows it at once; background work looks at a clock passed in here every
         * 2 ms of real time.
         *
         * @param nanoTicker default {@code System::nanoTime}
         * @return this builder
         */
        public Builder ticker(LongSupplier nanoTicker) {
            this.nanoTicker = requireNonNull(nanoTicker, "nanoTicker");
            this.longestParkNanos = CHECK_PASSED_IN_TICKER_NANOS;
            return this;
        }

        /**
         * Sets the wall clock from which fencing tokens begin.
         *
         * @param clock default the system's
         * @return this builder
         */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Sets where jitter comes from.
         *
         * @param random default a new generator
         * @return this builder
         */
        public Builder random(RandomGenerator random) {
            this.random = requireNonNull(random, "random");
            return this;
        }

        /**
         * Opens it.
         *
         * @return the coordination
         */
        public Coordination open() {
            return StoreCoordination.open(
                    new LocalStore(nanoTicker, clock),
                    new VirtualThreadScheduler(nanoTicker, longestParkNanos),
                    new Timing(Duration.ZERO, Duration.ZERO),
                    POLL,
                    label,
                    random,
                    listener);
        }
    }
}
