package dev.tocsin.alerting;

import java.util.List;
import java.util.Objects;

/**
 * What became of the notifications of one {@link AlertRouter#post}.
 *
 * @param delivered those that their receiver took, in the order of delivery
 * @param failed those that it did not, in the order of delivery
 */
public record PostReport(List<Notification> delivered, List<Failure> failed) {
    /** Copies. */
    public PostReport {
        delivered = List.copyOf(delivered);
        failed = List.copyOf(failed);
    }

    /**
     * A notification that was not delivered, as far as is known.
     *
     * @param notification what should have been told
     * @param cause what the receiver threw
     */
    public record Failure(Notification notification, Exception cause) {
        /** Checks. */
        public Failure {
            Objects.requireNonNull(notification, "notification");
            Objects.requireNonNull(cause, "cause");
        }
    }
}
