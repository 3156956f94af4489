package dev.tocsin.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    /** Begins just before the clock overflows. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);

    private final Heartbeat heartbeat = Heartbeat.create(nanos::get);

    @Test
    void ageCountsFromTheLastBeat() {
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        Duration before = heartbeat.age();

        heartbeat.beat();
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());

        assertThat(before).isEqualTo(Duration.ofSeconds(5));
        assertThat(heartbeat.age()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void checkIsDownWhenTheAgeIsOverTheLimit() throws Exception {
        HealthCheck check = heartbeat.within(Duration.ofSeconds(3));

        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        HealthStatus atTheLimit = check.check();
        nanos.addAndGet(Duration.ofNanos(1_000_001).toNanos());

        assertThat(atTheLimit).isEqualTo(HealthStatus.up());
        assertThat(check.check()).isEqualTo(HealthStatus.down("no beat for PT3.001S"));
    }

    @Test
    void limitMustBeMoreThanZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> heartbeat.within(Duration.ZERO))
                .withMessage("limit must be more than zero, was PT0S");
    }

    @Test
    void gaugeShowsTheAgeInSeconds() {
        try (PrometheusExporter exporter =
                PrometheusExporter.builder().withoutProcessMeters().build()) {
            heartbeat.bindTo(exporter.registry(), "stream");
            nanos.addAndGet(Duration.ofMillis(1500).toNanos());

            ExpositionText text = ExpositionText.ofText(exporter.scrape());

            assertThat(text.value("tocsin_metrics_heartbeat_age_seconds{component=stream}"))
                    .isEqualTo(1.5);
        }
    }
}
