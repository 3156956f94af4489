package dev.tocsin.notification;

import java.time.Duration;
import java.util.Optional;

/** What Slack's error words say. The word decides; statuses vary by source. */
final class SlackError {
    private SlackError() {}

    static DeliveryOutcome outcome(int status, String word, String recipient, Optional<Duration> retryAfter) {
        return switch (word) {
            case "invalid_payload", "no_text", "too_many_attachments", "invalid_blocks" ->
                new DeliveryOutcome.InvalidRequest(word);
            case "msg_too_long", "msg_blocks_too_long" -> new DeliveryOutcome.TooLarge(word);
            case "action_prohibited",
                    "invalid_token",
                    "posting_to_general_channel_denied",
                    "no_team",
                    "team_disabled" -> new DeliveryOutcome.Unauthorized(word);
            case "channel_not_found",
                    "no_service",
                    "no_service_id",
                    "no_active_hooks",
                    "user_not_found",
                    "channel_is_archived" -> new DeliveryOutcome.InvalidRecipient(recipient, word);
            case "ratelimited", "rate_limited" -> new DeliveryOutcome.RateLimited(retryAfter.orElse(Duration.ZERO));
            case "rollup_error" -> new DeliveryOutcome.Transient(word, retryAfter);
            default ->
                status >= 200 && status < 300
                        ? new DeliveryOutcome.Unknown("HTTP " + status + " without the ok that Slack gives")
                        : HttpStatus.outcome(status, recipient, retryAfter);
        };
    }
}
