package dev.tocsin.notification;

import java.time.Duration;
import java.util.Optional;

/** What an HTTP status that is no success says about a delivery, when nothing better is known. */
final class HttpStatus {
    private HttpStatus() {}

    static DeliveryOutcome outcome(int status, String recipient, Optional<Duration> retryAfter) {
        String reason = "HTTP " + status;
        return switch (status) {
            case 401, 402, 403, 407 -> new DeliveryOutcome.Unauthorized(reason);
            case 404, 410 -> new DeliveryOutcome.InvalidRecipient(recipient, reason);
            // 409 is what a receiver says while it works on an earlier request of the same Idempotency-Key
            case 408, 409, 421, 423, 425 -> new DeliveryOutcome.Transient(reason, retryAfter);
            case 413 -> new DeliveryOutcome.TooLarge(reason);
            case 429 -> new DeliveryOutcome.RateLimited(retryAfter.orElse(Duration.ZERO));
            default -> {
                if (status >= 500) {
                    yield new DeliveryOutcome.Transient(reason, retryAfter);
                }
                if (status >= 300 && status < 400) {
                    yield new DeliveryOutcome.InvalidRequest(reason + "; redirects are not followed");
                }
                yield new DeliveryOutcome.InvalidRequest(reason);
            }
        };
    }
}
