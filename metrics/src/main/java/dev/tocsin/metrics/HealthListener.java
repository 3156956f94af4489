package dev.tocsin.metrics;

import java.time.Duration;

/**
 * Is told what health checks find. Every method does nothing by default.
 *
 * <p>Called from the threads that ask for reports, and from those of the checks; must be quick. What it throws is dropped.
 */
public interface HealthListener {
    /** Does nothing. */
    HealthListener NONE = new HealthListener() {};

    /**
     * A check has ended, within the deadline or after it. A check that never ends is not told; see {@link #onNoAnswer}.
     *
     * @param component its name
     * @param status how it is
     * @param took how long the check took
     */
    default void onChecked(String component, HealthStatus status, Duration took) {}

    /**
     * A check threw.
     *
     * @param component its name
     * @param cause what it threw
     */
    default void onCheckFailed(String component, Throwable cause) {}

    /**
     * A check did not end within the deadline. Told for each report that had to do without it.
     *
     * @param component its name
     * @param deadline the deadline
     */
    default void onNoAnswer(String component, Duration deadline) {}
}
