package dev.tocsin.notification;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known after one attempt to deliver a message. Decided from status and body of the answer, never from the absence of an error.
 *
 * <p>Reasons are words for an operator and contain no secret.
 */
public sealed interface DeliveryOutcome {
    /**
     * The other side has taken responsibility for the message. That a person has read it is not known.
     *
     * @param providerId by what the other side can find it; the message's key where it gives no name of its own
     */
    record Accepted(String providerId) implements DeliveryOutcome {
        /**
         * Checks its parts.
         *
         * @param providerId by what the other side can find it
         */
        public Accepted {
            requireNonNull(providerId, "providerId");
        }
    }

    /**
     * Some recipients were accepted and others refused. A repeat of the attempt reaches the accepted ones a second time, under the
     * same key.
     *
     * @param providerId by what the other side can find it
     * @param refused what each refused recipient's outcome is, in the order of recipients; not empty
     */
    record Partial(String providerId, Map<String, DeliveryOutcome> refused) implements DeliveryOutcome {
        /**
         * Checks and copies its parts.
         *
         * @param providerId by what the other side can find it
         * @param refused what each refused recipient's outcome is
         */
        public Partial {
            requireNonNull(providerId, "providerId");
            if (refused.isEmpty()) {
                throw new IllegalArgumentException("refused must not be empty");
            }
            refused = Collections.unmodifiableMap(new LinkedHashMap<>(refused));
        }
    }

    /**
     * Too many messages; the other side wants a pause. Not the message's fault.
     *
     * @param retryAfter how long the pause should be; zero if the other side did not say
     */
    record RateLimited(Duration retryAfter) implements DeliveryOutcome {
        /**
         * Checks its parts.
         *
         * @param retryAfter how long the pause should be; zero or more
         */
        public RateLimited {
            requireNotNegative(retryAfter);
        }
    }

    /**
     * The address does not exist (any more). Sending to it again is useless.
     *
     * @param recipient the address; the gateway's name where the address is a secret
     * @param reason why
     */
    record InvalidRecipient(String recipient, String reason) implements DeliveryOutcome {
        /**
         * Checks its parts.
         *
         * @param recipient the address
         * @param reason why
         */
        public InvalidRecipient {
            requireNonNull(recipient, "recipient");
            requireNonNull(reason, "reason");
        }
    }

    /**
     * The other side does not want this message from us: malformed, or against its policy. Trying again is useless.
     *
     * @param reason why
     */
    record InvalidRequest(String reason) implements DeliveryOutcome {
        /**
         * Checks its parts.
         *
         * @param reason why
         */
        public InvalidRequest {
            requireNonNull(reason, "reason");
        }
    }

    /**
     * Our credentials are missing, wrong or not allowed to do this. All messages of this gateway will fail until someone acts.
     *
     * @param reason why
     */
    record Unauthorized(String reason) implements DeliveryOutcome {
        /**
         * Checks its parts.
         *
         * @param reason why
         */
        public Unauthorized {
            requireNonNull(reason, "reason");
        }
    }

    /**
     * The message is too large for this gateway. A shorter one may pass.
     *
     * @param reason why
     */
    record TooLarge(String reason) implements DeliveryOutcome {
        /**
         * Checks its parts.
         *
         * @param reason why
         */
        public TooLarge {
            requireNonNull(reason, "reason");
        }
    }

    /**
     * It failed for now, and it is known that the message was not delivered. Trying again later may help.
     *
     * @param reason why
     * @param retryAfter the earliest time at which trying again makes sense, from now; empty if nothing is known
     */
    record Transient(String reason, Optional<Duration> retryAfter) implements DeliveryOutcome {
        /**
         * Checks its parts.
         *
         * @param reason why
         * @param retryAfter the pause to keep, zero or more
         */
        public Transient {
            requireNonNull(reason, "reason");
            retryAfter.ifPresent(DeliveryOutcome::requireNotNegative);
        }

        /**
         * A failure that says nothing about when to try again.
         *
         * @param reason why
         */
        public Transient(String reason) {
            this(reason, Optional.empty());
        }
    }

    /**
     * The message went out and no usable answer came back: it may or may not have been delivered. A repeat carries the same key, by
     * which a receiver can drop it.
     *
     * @param reason what happened
     */
    record Unknown(String reason) implements DeliveryOutcome {
        /**
         * Checks its parts.
         *
         * @param reason what happened
         */
        public Unknown {
            requireNonNull(reason, "reason");
        }
    }

    /**
     * Whether everybody has got it.
     *
     * @return true for {@link Accepted} alone
     */
    default boolean isAccepted() {
        return this instanceof Accepted;
    }

    /**
     * Whether another attempt may bring what this one did not: transient, rate limited, unknown, or partial with one of these.
     *
     * @return false if trying again is useless
     */
    default boolean isRetryable() {
        return switch (this) {
            case RateLimited r -> true;
            case Transient t -> true;
            case Unknown u -> true;
            case Partial p -> p.refused().values().stream().anyMatch(DeliveryOutcome::isRetryable);
            case Accepted a -> false;
            case InvalidRecipient i -> false;
            case InvalidRequest i -> false;
            case Unauthorized u -> false;
            case TooLarge t -> false;
        };
    }

    /**
     * The pause the other side asked for before the next attempt.
     *
     * @return the pause, zero if none was asked for
     */
    default Duration pauseAsked() {
        return switch (this) {
            case RateLimited r -> r.retryAfter();
            case Transient t -> t.retryAfter().orElse(Duration.ZERO);
            case Partial p ->
                p.refused().values().stream()
                        .map(DeliveryOutcome::pauseAsked)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
            case Unknown u -> Duration.ZERO;
            case Accepted a -> Duration.ZERO;
            case InvalidRecipient i -> Duration.ZERO;
            case InvalidRequest i -> Duration.ZERO;
            case Unauthorized u -> Duration.ZERO;
            case TooLarge t -> Duration.ZERO;
        };
    }

    /**
     * The class of this outcome as one word, for metrics, logs and stores.
     *
     * @return {@code accepted}, {@code partial}, {@code rate_limited}, {@code invalid_recipient}, {@code invalid_request}, {@code
     *     unauthorized}, {@code too_large}, {@code transient} or {@code unknown}
     */
    default String word() {
        return switch (this) {
            case Accepted a -> "accepted";
            case Partial p -> "partial";
            case RateLimited r -> "rate_limited";
            case InvalidRecipient i -> "invalid_recipient";
            case InvalidRequest i -> "invalid_request";
            case Unauthorized u -> "unauthorized";
            case TooLarge t -> "too_large";
            case Transient t -> "transient";
            case Unknown u -> "unknown";
        };
    }

    private static void requireNotNegative(Duration retryAfter) {
        if (retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter must not be negative, was " + retryAfter);
        }
    }
}
