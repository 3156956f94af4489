package dev.tocsin.alerting;

import java.time.Duration;

/**
 * Is told what a router posts. Every method does nothing by default.
 *
 * <p>Called from the threads that post; must be quick. What it throws is caught, and logged once.
 */
public interface AlertingListener {
    /** Does nothing. */
    AlertingListener NONE = new AlertingListener() {};

    /**
     * An alert was posted; told once for alerts that were folded.
     *
     * @param alert the alert
     */
    default void onAlert(Alert alert) {}

    /**
     * A receiver took a notification.
     *
     * @param notification what it was told
     * @param took how long it took
     */
    default void onDelivered(Notification notification, Duration took) {}

    /**
     * A receiver did not take a notification.
     *
     * @param notification what it should have been told
     * @param took how long it took
     * @param cause what it threw
     */
    default void onFailed(Notification notification, Duration took, Exception cause) {}
}
