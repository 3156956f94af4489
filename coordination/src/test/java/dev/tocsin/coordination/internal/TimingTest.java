package dev.tocsin.coordination.internal;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimingTest {
    @Test
    void tooShortTtlIsRefusedWithTheArithmetic() {
        var timing = new Timing(ofSeconds(2), ofMillis(100));

        assertThatThrownBy(() -> timing.check(ofSeconds(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "ttl PT5S is too short: renewal at a third of it (PT1.666666666S) and 2 attempts of PT2S command timeout"
                                + " and PT0.1S retry delay take PT5.866666666S, but the local deadline comes after PT4.7S (ttl less PT0.05S"
                                + " drift and PT0.25S margin); with these timeouts it must be longer than PT6.924S");
    }

    @Test
    void deadlineComesBeforeTheStoreMayGrantToAnother() {
        assertThat(Timing.deadline(1000, ofSeconds(10)))
                .isEqualTo(1000 + ofMillis(9400).toNanos());
        assertThat(Timing.deadline(0, ofMillis(100))).isEqualTo(ofMillis(49).toNanos());
    }

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsAcceptedSurvivesOneLostAnswerAndTheMessageNamesTheBound(long seed) {
        var random = new Random(seed);
        var timing = new Timing(ofMillis(1 + random.nextInt(3000)), ofMillis(1 + random.nextInt(500)));
        Duration ttl = ofMillis(100 + random.nextInt(20_000));
        long attempts = timing.commandTimeout().plus(timing.retryDelay()).toNanos() * 2;
        long end = Timing.renewAfter(ttl).toNanos() + attempts;
        boolean fits = end < Timing.deadline(0, ttl);

        if (fits) {
            assertThat(timing.check(ttl)).isEqualTo(ttl);
        } else {
            assertThatThrownBy(() -> timing.check(ttl)).satisfies(refusal -> {
                String message = refusal.getMessage();
                Duration bound = Duration.parse(message.substring(message.lastIndexOf(' ') + 1));
                assertThat(timing.check(bound.plusMillis(1))).isGreaterThan(ttl);
            });
        }
    }
}
