package dev.tocsin.notification;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Says whether and when an attempt is to be repeated. Waits for nothing itself, has no state but its random source.
 *
 * <p>Only what may help is repeated: transient, rate limited, unknown, and partial with one of these. The n-th pause is drawn evenly from
 * zero to {@code firstDelay * 2^(n-1)}, at most {@code maxDelay} (full jitter, so that a thousand senders do not come back in one
 * moment). A pause the other side asked for is a lower bound: up to a tenth is added to it, never anything taken away, except that it
 * is cut at {@code maxPause}.
 *
 * <p>Safe for use by many threads if its random source is (the default is).
 */
public final class RetryPolicy {
    private final Duration firstDelay;
    private final Duration maxDelay;
    private final Duration maxPause;
    private final int maxAttempts;
    private final Duration maxAge;
    private final RandomGenerator random;

    private RetryPolicy(Builder builder) {
        firstDelay = builder.firstDelay;
        maxDelay = builder.maxDelay;
        maxPause = builder.maxPause;
        maxAttempts = builder.maxAttempts;
        maxAge = builder.maxAge;
        random = builder.random;
    }

    /**
     * The policy with every default: pauses of up to 1 s, 2 s, 4 s, 8 s … 60 s, asked pauses obeyed up to 5 min, 1000 attempts, 48 h.
     *
     * @return the policy
     */
    public static RetryPolicy defaults() {
        return builder().build();
    }

    /**
     * Starts a policy of one's own.
     *
     * @return a builder with every default
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * How long to wait before the next attempt, if there is to be one; age is not looked at.
     *
     * @param attempt how many attempts have been made, this one included; at least 1
     * @param outcome what the last one brought
     * @return the pause, or empty if it is over: delivered, useless to repeat, or the attempts are used up
     */
    public Optional<Duration> next(int attempt, DeliveryOutcome outcome) {
        return next(attempt, Duration.ZERO, outcome);
    }

    /**
     * How long to wait before the next attempt, if there is to be one.
     *
     * @param attempt how many attempts have been made, this one included; at least 1. Whoever does not want rate limiting to use up
     *     attempts leaves rate limited ones out of the count
     * @param age for how long the message has been tried or waiting
     * @param outcome what the last attempt brought
     * @return the pause, or empty if it is over: delivered, useless to repeat, the attempts are used up, or the message would be older
     *     than {@code maxAge} at the next one
     */
    public Optional<Duration> next(int attempt, Duration age, DeliveryOutcome outcome) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt must be at least 1, was " + attempt);
        }
        if (!outcome.isRetryable() || attempt >= maxAttempts) {
            return Optional.empty();
        }
        Duration pause = longer(jittered(backoff(attempt)), asked(outcome.pauseAsked()));
        return age.plus(pause).compareTo(maxAge) > 0 ? Optional.empty() : Optional.of(pause);
    }

    private Duration backoff(int attempt) {
        Duration delay = firstDelay;
        for (int n = 1; n < attempt && delay.compareTo(maxDelay) < 0; n++) {
            delay = delay.multipliedBy(2);
        }
        return delay.compareTo(maxDelay) < 0 ? delay : maxDelay;
    }

    private Duration jittered(Duration delay) {
        return Duration.ofNanos(random.nextLong(delay.toNanos() + 1));
    }

    private Duration asked(Duration pause) {
        if (pause.compareTo(maxPause) >= 0) {
            return maxPause;
        }
        Duration later = pause.plus(jittered(pause.dividedBy(10)));
        return later.compareTo(maxPause) < 0 ? later : maxPause;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Collects the settings of a {@link RetryPolicy}. Not safe for use by several threads. */
    public static final class Builder {
        private static final Duration LONGEST = Duration.ofDays(365);

        private Duration firstDelay = Duration.ofSeconds(1);
        private Duration maxDelay = Duration.ofMinutes(1);
        private Duration maxPause = Duration.ofMinutes(5);
        private int maxAttempts = 1000;
        private Duration maxAge = Duration.ofDays(2);
        private RandomGenerator random = new Random(); // the one generator of the JDK that many threads may share

        private Builder() {}

        /**
         * The longest first pause; each further one is up to twice as long.
         *
         * @param firstDelay default 1 s; more than zero, at most 365 days. Too short hammers a struggling receiver
         * @return this builder
         */
        public Builder firstDelay(Duration firstDelay) {
            this.firstDelay = checked(firstDelay, "firstDelay");
            return this;
        }

        /**
         * The longest pause of our own choosing.
         *
         * @param maxDelay default 60 s; more than zero, at most 365 days. Too long delays the message after an outage by as much
         * @return this builder
         */
        public Builder maxDelay(Duration maxDelay) {
            this.maxDelay = checked(maxDelay, "maxDelay");
            return this;
        }

        /**
         * The longest pause we let the other side impose.
         *
         * @param maxPause default 5 min; more than zero, at most 365 days. Too short disobeys the receiver, which may block us; too long
         *     lets one wrong header silence a gateway
         * @return this builder
         */
        public Builder maxPause(Duration maxPause) {
            this.maxPause = checked(maxPause, "maxPause");
            return this;
        }

        /**
         * How many attempts there are at most.
         *
         * @param maxAttempts default 1000 (more than eight hours); at least 1. Too few loses messages in an outage
         * @return this builder
         */
        public Builder maxAttempts(int maxAttempts) {
            if (maxAttempts < 1) {
                throw new IllegalArgumentException("maxAttempts must be at least 1, was " + maxAttempts);
            }
            this.maxAttempts = maxAttempts;
            return this;
        }

        /**
         * How old a message may be at an attempt.
         *
         * @param maxAge default 48 h; more than zero, at most 365 days. Too long floods people with old news after an outage
         * @return this builder
         */
        public Builder maxAge(Duration maxAge) {
            this.maxAge = checked(maxAge, "maxAge");
            return this;
        }

        /**
         * Where jitter comes from.
         *
         * @param random default a {@link Random}; must be safe for many threads if the policy is shared
         * @return this builder
         */
        public Builder random(RandomGenerator random) {
            this.random = requireNonNull(random, "random");
            return this;
        }

        /**
         * Makes the policy.
         *
         * @return an immutable policy
         */
        public RetryPolicy build() {
            return new RetryPolicy(this);
        }

        private static Duration checked(Duration value, String name) {
            if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        name + " must be more than zero and at most " + LONGEST + ", was " + value);
            }
            return value;
        }
    }
}
