package dev.tocsin.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
    /** Draws the largest value that can be drawn. */
    private static final RandomGenerator HIGHEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    private static final DeliveryOutcome FAILED = new DeliveryOutcome.Transient("down");

    @Test
    void pausesDoubleUpToAMinute() {
        RetryPolicy policy = RetryPolicy.builder().random(HIGHEST).build();

        var pauses = IntStream.rangeClosed(1, 9)
                .mapToObj(attempt -> policy.next(attempt, FAILED).orElseThrow().toSeconds());

        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void jitterIsFullFromZeroToTheDelay(long seed) {
        RetryPolicy policy = RetryPolicy.builder().random(new Random(seed)).build();

        var pauses = IntStream.range(0, 2000)
                .mapToLong(n -> policy.next(4, FAILED).orElseThrow().toMillis())
                .summaryStatistics();

        assertThat(pauses.getMin()).isBetween(0L, 100L);
        assertThat(pauses.getMax()).isBetween(7900L, 8000L);
        assertThat(pauses.getAverage()).isBetween(3700.0, 4300.0);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void anAskedPauseIsNeverCutShortAndStretchedByATenthAtMost(long seed) {
        RetryPolicy policy = RetryPolicy.builder().random(new Random(seed)).build();
        Random random = new Random(seed);
        for (int n = 0; n < 1000; n++) {
            Duration asked = Duration.ofSeconds(60 + random.nextInt(240));

            Duration pause = policy.next(1 + random.nextInt(10), new DeliveryOutcome.RateLimited(asked))
                    .orElseThrow();

            assertThat(pause).isBetween(asked, asked.plus(asked.dividedBy(10)));
            assertThat(pause).isLessThanOrEqualTo(Duration.ofMinutes(5));
        }
    }

    @Test
    void anAskedPauseIsCutAtFiveMinutes() {
        DeliveryOutcome asked = new DeliveryOutcome.RateLimited(Duration.ofDays(365));

        assertThat(RetryPolicy.defaults().next(1, asked)).contains(Duration.ofMinutes(5));
    }

    @Test
    void aTransientFailuresAskedPauseIsObeyed() {
        DeliveryOutcome asked = new DeliveryOutcome.Transient("busy", Optional.of(Duration.ofSeconds(90)));

        assertThat(RetryPolicy.defaults().next(1, asked).orElseThrow())
                .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(99));
    }

    @Test
    void onlyWhatMayHelpIsRepeated() {
        RetryPolicy policy = RetryPolicy.defaults();

        assertThat(policy.next(1, FAILED)).isPresent();
        assertThat(policy.next(1, new DeliveryOutcome.RateLimited(Duration.ZERO)))
                .isPresent();
        assertThat(policy.next(1, new DeliveryOutcome.Unknown("cut"))).isPresent();
        assertThat(policy.next(1, new DeliveryOutcome.Partial("id", Map.of("a@b", FAILED))))
                .isPresent();
        assertThat(policy.next(1, new DeliveryOutcome.Accepted("id"))).isEmpty();
        assertThat(policy.next(1, new DeliveryOutcome.InvalidRecipient("a@b", "gone")))
                .isEmpty();
        assertThat(policy.next(1, new DeliveryOutcome.InvalidRequest("no"))).isEmpty();
        assertThat(policy.next(1, new DeliveryOutcome.Unauthorized("no"))).isEmpty();
        assertThat(policy.next(1, new DeliveryOutcome.TooLarge("no"))).isEmpty();
        DeliveryOutcome gone = new DeliveryOutcome.InvalidRecipient("a@b", "gone");
        assertThat(policy.next(1, new DeliveryOutcome.Partial("id", Map.of("a@b", gone))))
                .isEmpty();
    }

    @Test
    void attemptsAndAgeAreLimited() {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(3)
                .maxAge(Duration.ofHours(1))
                .random(HIGHEST)
                .build();

        assertThat(policy.next(2, FAILED)).isPresent();
        assertThat(policy.next(3, FAILED)).isEmpty();
        assertThat(policy.next(1, Duration.ofSeconds(3599), FAILED)).isPresent();
        assertThat(policy.next(1, Duration.ofSeconds(3600), FAILED)).isEmpty();
    }

    @Test
    void aVeryHighAttemptNumberDoesNotOverflow() {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(Integer.MAX_VALUE)
                .maxDelay(Duration.ofDays(365))
                .maxAge(Duration.ofDays(365))
                .random(HIGHEST)
                .build();

        assertThat(policy.next(Integer.MAX_VALUE - 1, FAILED)).contains(Duration.ofDays(365));
    }

    @Test
    void wrongSettingsAreNamed() {
        RetryPolicy.Builder builder = RetryPolicy.builder();

        assertThatThrownBy(() -> builder.firstDelay(Duration.ZERO))
                .hasMessageContaining("firstDelay")
                .hasMessageContaining("PT0S");
        assertThatThrownBy(() -> builder.maxAttempts(0)).hasMessage("maxAttempts must be at least 1, was 0");
        assertThatThrownBy(() -> RetryPolicy.defaults().next(0, FAILED))
                .hasMessage("attempt must be at least 1, was 0");
    }
}
