package dev.tocsin.rpcpool.sender;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.testsupport.MutableClock;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every daily limit must do. */
abstract class SpendingLimitsContract {

    final MutableClock clock = MutableClock.at("2026-05-01T12:00:00Z");

    /** A limit of so much, over the same store each time if it has one. */
    abstract SpendingLimits limits(long wei);

    static BigInteger wei(long wei) {
        return BigInteger.valueOf(wei);
    }

    @Test
    void reservesUpToTheLimitAndNotMore() throws InterruptedException {
        SpendingLimits limits = limits(10);

        assertThat(limits.reserve("a", wei(7))).isTrue();
        assertThat(limits.reserve("b", wei(4))).isFalse();
        assertThat(limits.reserve("c", wei(3))).isTrue();
        assertThat(limits.reserve("d", wei(1))).isFalse();
        assertThat(limits.reserve("e", wei(0))).isTrue();
    }

    @Test
    void keyThatHasAReservationGetsNoSecondOne() throws InterruptedException {
        SpendingLimits limits = limits(10);

        limits.reserve("a", wei(1));

        assertThat(limits.reserve("a", wei(1))).isFalse();
    }

    @Test
    void releasedCountsNoMoreAndSettledGoesOnCounting() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", wei(6));
        limits.reserve("b", wei(4));

        limits.release("a");
        limits.settle("b");
        limits.release("b");

        assertThat(limits.reserve("c", wei(7))).isFalse();
        assertThat(limits.reserve("c", wei(6))).isTrue();
    }

    @Test
    void settledIsForgottenTheNextDayAndOpenIsNot() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", wei(6));
        limits.reserve("b", wei(4));
        limits.settle("a");

        clock.advance(Duration.ofHours(12));

        assertThat(limits.reserve("c", wei(7))).isFalse();
        assertThat(limits.reserve("c", wei(6))).isTrue();
    }

    @Test
    void settledCountsOnTheDayOfItsSettlement() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", wei(6));

        clock.advance(Duration.ofHours(12));
        limits.settle("a");

        assertThat(limits.reserve("b", wei(5))).isFalse();
        assertThat(limits.reserve("b", wei(4))).isTrue();
    }

    @Test
    void clockThatIsSetBackBringsNoDayBack() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", wei(10));
        limits.settle("a");

        clock.jump(Duration.ofDays(-2));

        assertThat(limits.reserve("b", wei(1))).isFalse();
    }

    @Test
    void fiftyThreadsTogetherGetTheLimitAndNotMore() throws Exception {
        SpendingLimits limits = limits(100);
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String key = "key-" + i;
            all.add(() -> limits.reserve(key, wei(7)));
        }

        int reserved = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> one : threads.invokeAll(all)) {
                reserved += one.get() ? 1 : 0;
            }
        }

        assertThat(reserved).isEqualTo(14);
    }
}
