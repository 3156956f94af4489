package dev.tocsin.alerting;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * Feeds a Micrometer registry with what a router posts. Needs {@code io.micrometer:micrometer-core}. Safe for use by many threads.
 *
 * <table>
 *   <caption>The meters</caption>
 *   <tr><th>meter</th><th>kind</th><th>unit</th><th>tags</th><th>meaning</th></tr>
 *   <tr><td>{@code tocsin.alerting.alerts}</td><td>counter</td><td>alerts</td><td>severity: info, warning, critical;
 *       status: firing, resolved</td><td>alerts posted, duplicates folded</td></tr>
 *   <tr><td>{@code tocsin.alerting.notifications}</td><td>timer</td><td>seconds</td><td>receiver: its name; result: delivered,
 *       failed</td><td>notifications given to receivers, and how long that took</td></tr>
 * </table>
 */
public final class AlertingMeters implements AlertingListener {
    private static final String ALERTS = "tocsin.alerting.alerts";
    private static final String NOTIFICATIONS = "tocsin.alerting.notifications";

    private final MeterRegistry registry;

    private AlertingMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Meters on a registry.
     *
     * @param registry where to count
     * @return the listener to give to the router
     */
    public static AlertingMeters on(MeterRegistry registry) {
        return new AlertingMeters(Objects.requireNonNull(registry, "registry"));
    }

    @Override
    public void onAlert(Alert alert) {
        registry.counter(
                        ALERTS,
                        "severity",
                        alert.severity().word(),
                        "status",
                        alert.status().name().toLowerCase(Locale.ROOT))
                .increment();
    }

    @Override
    public void onDelivered(Notification notification, Duration took) {
        timer(notification, "delivered").record(took);
    }

    @Override
    public void onFailed(Notification notification, Duration took, Exception cause) {
        timer(notification, "failed").record(took);
    }

    private Timer timer(Notification notification, String result) {
        return registry.timer(NOTIFICATIONS, "receiver", notification.receiver(), "result", result);
    }
}
