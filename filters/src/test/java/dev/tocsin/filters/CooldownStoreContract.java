package dev.tocsin.filters;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store of cooldowns must do. */
abstract class CooldownStoreContract {
    private static final Duration PERIOD = Duration.ofMinutes(3);

    private final CooldownStore store = create();

    abstract CooldownStore create();

    @Test
    void theFirstPassesAndTheNextWaitsForThePeriod() {
        assertThat(pass("a", 0)).isTrue();
        assertThat(pass("b", 1)).isFalse();
        assertThat(pass("c", 179)).isFalse();
        assertThat(pass("d", 180)).isTrue();
        assertThat(pass("e", 359)).isFalse();
        assertThat(pass("f", 360)).isTrue();
    }

    @Test
    void keysCoolDownOnTheirOwn() {
        assertThat(pass("a", 0)).isTrue();
        assertThat(store.pass("other", at(0), PERIOD, "b")).isTrue();
    }

    @Test
    void aMatchThatPassedPassesAgain() {
        assertThat(pass("a", 0)).isTrue();
        assertThat(pass("b", 200)).isTrue();

        assertThat(pass("a", 0)).isTrue();
        assertThat(pass("b", 200)).isTrue();
        assertThat(pass("c", 100)).isFalse();
    }

    @Test
    void aWithdrawnMatchGivesItsPlaceBack() {
        assertThat(pass("a", 0)).isTrue();

        store.withdraw("a");

        assertThat(pass("b", 60)).isTrue();
        assertThat(pass("c", 61)).isFalse();
    }

    @Test
    void whatPassedBeforeAWithdrawnMatchCountsAgain() {
        assertThat(pass("a", 0)).isTrue();
        assertThat(pass("b", 185)).isTrue();

        store.withdraw("b");

        assertThat(pass("c", 170)).isFalse();
        assertThat(pass("d", 181)).isTrue();
    }

    @Test
    void aWithdrawnMatchStaysWithdrawnIfItIsWithdrawnTwice() {
        assertThat(pass("a", 0)).isTrue();
        store.withdraw("a");
        assertThat(pass("b", 10)).isTrue();

        store.withdraw("a");

        assertThat(pass("c", 20)).isFalse();
    }

    @Test
    void withdrawingAMatchThatDidNotPassChangesNothing() {
        assertThat(pass("a", 0)).isTrue();
        assertThat(pass("b", 10)).isFalse();

        store.withdraw("b");
        store.withdraw("never seen");

        assertThat(pass("c", 20)).isFalse();
    }

    @Test
    void ofManySimultaneousMatchesOneAPeriodPasses() throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Boolean>> answers = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            for (int i = 0; i < 1_000; i++) {
                String match = "m" + i;
                answers.add(threads.submit(() -> {
                    start.await();
                    return pass(match, 7);
                }));
            }
            start.countDown();
        }

        int passed = 0;
        for (Future<Boolean> answer : answers) {
            passed += answer.get() ? 1 : 0;
        }
        assertThat(passed).isEqualTo(1);
    }

    /** The model: a list of what has passed, of which the last few can be taken back, as a reorganisation does. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyChainWithReorganisationsPassesWhatThePlainModelPasses(long seed) {
        Random random = new Random(seed);
        List<Passed> model = new ArrayList<>();
        long second = 0;
        for (int i = 0; i < 2_000; i++) {
            if (random.nextInt(8) == 0 && !model.isEmpty()) {
                Passed last = model.removeLast();
                store.withdraw(last.match());
                second = last.second();
            }
            second += random.nextInt(120);
            long now = second;
            String match = "m" + i;
            boolean expected = model.stream().allMatch(p -> now - p.second() >= 180);
            assertThat(pass(match, now)).isEqualTo(expected);
            if (expected) {
                model.add(new Passed(match, now));
            }
            if (model.size() > 8) {
                model.removeFirst();
            }
        }
    }

    private boolean pass(String match, long second) {
        return store.pass("key", at(second), PERIOD, match);
    }

    private static Instant at(long second) {
        return Events.NOON.plusSeconds(second);
    }

    private record Passed(String match, long second) {}
}
