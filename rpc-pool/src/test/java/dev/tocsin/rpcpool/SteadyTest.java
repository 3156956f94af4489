package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SteadyTest {

    private final Random random = new Random(20261121);
    private long now = Long.MAX_VALUE - 1; // overflows at once
    private final Steady steady = new Steady(() -> now);

    private record Seen(String name, double meanMillis) implements SelectionStrategy.Candidate {
        @Override
        public OptionalLong head() {
            return OptionalLong.empty();
        }

        @Override
        public double latencyMillis() {
            return 0;
        }

        @Override
        public int inFlight() {
            return 0;
        }

        @Override
        public double successRate() {
            return 1;
        }
    }

    private final Seen a = new Seen("a", 10);
    private final Seen b = new Seen("b", 8);
    private final Seen quickB = new Seen("b", 6);
    private final Seen c = new Seen("c", 11);

    /** Whom most of a hundred calls go to. */
    private String most(Seen... candidates) {
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            chosen.add(candidates[steady.choose(List.of(candidates), random)].name);
        }
        return List.of("a", "b", "c").stream()
                .filter(name -> chosen.stream().filter(name::equals).count() > 90)
                .findFirst()
                .orElse("nobody");
    }

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void keepsToOneThatIsNotMuchWorse() {
        assertThat(most(a, c)).isEqualTo("a");
        pass(60);

        assertThat(most(a, b, c)).isEqualTo("a");
        pass(3);
        assertThat(most(a, b, c)).isEqualTo("a");
    }

    @Test
    void changesToOneThatHasBeenMuchBetterForTwoSecondsThirtySecondsAfterTheLastChange() {
        assertThat(most(a, c)).isEqualTo("a");
        pass(26);
        assertThat(most(a, quickB, c)).isEqualTo("a");
        pass(3);
        assertThat(most(a, quickB, c)).as("29 s").isEqualTo("a");
        pass(1);
        assertThat(most(a, quickB, c)).as("30 s").isEqualTo("b");
    }

    @Test
    void forgetsWhoWasBetterForAMomentOnly() {
        assertThat(most(a, c)).isEqualTo("a");
        pass(60);
        assertThat(most(a, quickB, c)).isEqualTo("a");
        pass(1);
        assertThat(most(a, b, c)).isEqualTo("a");
        pass(1);

        assertThat(most(a, quickB, c)).isEqualTo("a");
    }

    @Test
    void oneCallForWhichTheNodeIsNoCandidateChangesNothing() {
        assertThat(most(a, b, c)).isEqualTo("b");
        steady.choose(List.of(a, c), random);

        assertThat(most(a, b, c)).isEqualTo("b");
    }

    @Test
    void changesWhenTheNodeIsLeftOutForTwoSecondsAndNotBackAtOnce() {
        assertThat(most(a, b, c)).isEqualTo("b");
        assertThat(most(a, c)).isEqualTo("a");
        pass(2);
        assertThat(most(a, c)).isEqualTo("a");
        pass(60);

        assertThat(most(a, b, c)).isEqualTo("a");
    }
}
