package dev.tocsin.rpcpool.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlownessTest {

    private static final long QUICK = Duration.ofMillis(7).toNanos();
    private static final long LONG = Duration.ofSeconds(2).toNanos();

    private final Slowness slowness = new Slowness();
    private long now = Long.MAX_VALUE - 1; // overflows at once

    private void beaten(int times, long waited) {
        for (int i = 0; i < times; i++) {
            slowness.beaten(waited, QUICK, now);
        }
    }

    private int triesUntilBack() {
        int tries = 0;
        while (slowness.isSlow()) {
            slowness.tried(true, now);
            tries++;
        }
        return tries;
    }

    @Test
    void isSlowWhenBeatenFiveTimesInARowOnceByFar() {
        beaten(4, 4 * QUICK);
        assertThat(slowness.isSlow()).isFalse();

        beaten(1, LONG);

        assertThat(slowness.isSlow()).isTrue();
    }

    @Test
    void isNotSlowHoweverOftenItIsBeatenByALittle() {
        beaten(100, 4 * QUICK);

        assertThat(slowness.isSlow()).isFalse();
    }

    @Test
    void isNotSlowWhereTheOtherTookAboutAsLong() {
        for (int i = 0; i < 100; i++) {
            slowness.beaten(LONG, LONG / 2, now);
        }

        assertThat(slowness.isSlow()).isFalse();
    }

    @Test
    void isSlowWhenBeatenInTenOfThirtyTwoCalls() {
        for (int i = 0; i < 9; i++) {
            beaten(1, LONG);
            slowness.answered(QUICK, now);
            slowness.answered(QUICK, now);
        }
        assertThat(slowness.isSlow()).isFalse();

        beaten(1, LONG);

        assertThat(slowness.isSlow()).isTrue();
    }

    /** So many calls at most, until it is slow; one in so many is beaten, and it is seen how long it took. */
    private void beatenNowAndThen(int calls, int oneIn, long took) {
        for (int call = 1; call <= calls && !slowness.isSlow(); call++) {
            if (call % oneIn == 0) {
                beaten(1, 4 * QUICK);
                if (slowness.follow()) {
                    slowness.followed(took, QUICK, now);
                }
            } else {
                slowness.answered(QUICK, now);
            }
        }
    }

    @Test
    void isSlowWhenBeatenInFiveOfAHundredCallsByFarAsIsSeenOfThreeThatRunOn() {
        beatenNowAndThen(59, 20, LONG);
        assertThat(slowness.isSlow()).isFalse();

        beatenNowAndThen(141, 20, LONG);

        assertThat(slowness.isSlow()).isTrue();
        assertThat(triesUntilBack()).isEqualTo(20);
    }

    @Test
    void isNotSlowWhenBeatenInFiveOfAHundredCallsByLittle() {
        beatenNowAndThen(10_000, 20, 9 * QUICK);

        assertThat(slowness.isSlow()).isFalse();
    }

    @Test
    void isNotSlowWhenBeatenByFarInOneOfTwoHundredCalls() {
        beatenNowAndThen(10_000, 200, LONG);

        assertThat(slowness.isSlow()).isFalse();
    }

    @Test
    void stallsOfHoursAgoDoNotCountWhenManyCallsAtOnceAreBeatenByLittle() {
        for (int stall = 0; stall < 3; stall++) {
            beatenNowAndThen(10_000, 10_000, LONG);
        }
        beatenNowAndThen(9_000, 10_000, LONG);

        beaten(9, 4 * QUICK); // none of those that run on has ended

        assertThat(slowness.isSlow()).isFalse();
    }

    @Test
    void oneAtATimeRunsOnAndNoneOfANodeThatIsSlow() {
        assertThat(slowness.follow()).isTrue();
        assertThat(slowness.follow()).isFalse();
        slowness.notFollowed();
        assertThat(slowness.follow()).isTrue();
        slowness.followed(LONG, QUICK, now);
        beaten(5, LONG);

        assertThat(slowness.follow()).isFalse();
    }

    @Test
    void oneSlowTryMakesTheQuickOnesCountAnew() {
        beaten(5, LONG);
        for (int i = 0; i < 4; i++) {
            slowness.tried(true, now);
        }
        slowness.tried(false, now);

        assertThat(triesUntilBack()).isEqualTo(5);
    }

    @Test
    void needsTwiceAsManyQuickTriesEachTimeItIsSlowAgainWithinAMinute() {
        for (int expected : new int[] {5, 10, 20, 20}) {
            beaten(5, LONG);
            assertThat(triesUntilBack()).isEqualTo(expected);
            now += Duration.ofSeconds(59).toNanos();
        }

        now += Duration.ofSeconds(1).toNanos();
        beaten(5, LONG);

        assertThat(triesUntilBack()).isEqualTo(5);
    }
}
