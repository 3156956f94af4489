package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MutableClockTest {
    private final MutableClock clock = MutableClock.at("2026-11-21T00:00:00Z");

    @Test
    void timeStandsStillUntilItIsAdvanced() {
        long before = clock.nanos();

        clock.advance(Duration.ofSeconds(90));

        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-21T00:01:30Z"));
        assertThat(clock.nanoTicker().getAsLong() - before).isEqualTo(90_000_000_000L);
    }

    @Test
    void theTickerOverflowsEarlyOnPurpose() {
        clock.advance(Duration.ofSeconds(21));

        assertThat(clock.nanos()).isNegative();
    }

    @Test
    void aJumpMovesTheWallClockAlone() {
        long before = clock.nanos();

        clock.jump(Duration.ofHours(-1));

        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-20T23:00:00Z"));
        assertThat(clock.nanos()).isEqualTo(before);
    }

    @Test
    void timeCannotBeAdvancedBackwards() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
                .withMessageContaining("PT-1S");
    }
}
