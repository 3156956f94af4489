package dev.tocsin.runner.journal;

/** Where a delivery stands. */
public enum DeliveryState {
    /** Planned, and tried again until it is one of the others. */
    PENDING,
    /** The gateway took it. */
    ACCEPTED,
    /** Given up: the gateway refused it for good, or the attempts are used up. Kept, so that people can see it. */
    DEAD
}
