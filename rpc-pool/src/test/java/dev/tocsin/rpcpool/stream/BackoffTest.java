package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    @Test
    void pausesDoubleUpToTheCapAndAreShortenedByAtMostAHalf() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(1));

        long[] full = {1, 2, 4, 8, 16, 30, 30, 30};
        for (int failures = 1; failures <= full.length; failures++) {
            assertThat(backoff.after(failures))
                    .isBetween(Duration.ofMillis(full[failures - 1] * 500), Duration.ofSeconds(full[failures - 1]));
        }
        assertThat(backoff.after(1_000_000)).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }
}
