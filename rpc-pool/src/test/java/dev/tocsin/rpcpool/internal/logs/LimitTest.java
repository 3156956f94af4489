package dev.tocsin.rpcpool.internal.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitTest {

    private static final long T0 = Long.MAX_VALUE - Duration.ofMinutes(15).toNanos(); // the ticker overflows on the way

    private static long after(long minutes) {
        return new Limit(1000, T0).at(T0 + Duration.ofMinutes(minutes).toNanos());
    }

    @Test
    void holdsForTenMinutesThenGrowsEverFasterUntilThereIsNone() {
        assertThat(after(9)).isEqualTo(1000);
        assertThat(after(10)).isEqualTo(2000);
        assertThat(after(20)).isEqualTo(16_000);
        assertThat(after(30)).isEqualTo(512_000);
        assertThat(after(70)).isEqualTo(Limit.NONE);
        assertThat(after(100_000)).isEqualTo(Limit.NONE);
    }

    @Test
    void aGuessNeverRaisesIt() {
        assertThat(new Limit(1000, T0).lowered(2000, T0).value()).isEqualTo(1000);
        assertThat(new Limit(1000, T0).lowered(500, T0).value()).isEqualTo(500);
        assertThat(Limit.UNKNOWN.lowered(500, T0).value()).isEqualTo(500);
    }

    @Test
    void aLimitIsGuessedToBeRound() {
        assertThat(new long[] {
                    Limits.roundBelow(2),
                    Limits.roundBelow(10),
                    Limits.roundBelow(11),
                    Limits.roundBelow(1000),
                    Limits.roundBelow(1001),
                    Limits.roundBelow(7000),
                    Limits.roundBelow(Long.MAX_VALUE)
                })
                .containsExactly(1, 5, 10, 500, 1000, 5000, 5_000_000_000_000_000_000L);
    }
}
