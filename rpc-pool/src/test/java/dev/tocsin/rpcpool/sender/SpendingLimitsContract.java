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

    static final String OWNER = "me";

    final MutableClock clock = MutableClock.at("2026-05-01T12:00:00Z");

    /** A limit of so much, over the same store each time if it has one. */
    abstract SpendingLimits limits(long wei);

    static BigInteger wei(long wei) {
        return BigInteger.valueOf(wei);
    }

    @Test
    void reservesUpToTheLimitAndNotMore() throws InterruptedException {
        SpendingLimits limits = limits(10);

        assertThat(limits.reserve("a", OWNER, wei(7))).isTrue();
        assertThat(limits.reserve("b", OWNER, wei(4))).isFalse();
        assertThat(limits.reserve("c", OWNER, wei(3))).isTrue();
        assertThat(limits.reserve("d", OWNER, wei(1))).isFalse();
        assertThat(limits.reserve("e", OWNER, wei(0))).isTrue();
    }

    @Test
    void keyThatHasAReservationGetsNoSecondOne() throws InterruptedException {
        SpendingLimits limits = limits(10);

        limits.reserve("a", OWNER, wei(1));

        assertThat(limits.reserve("a", OWNER, wei(1))).isFalse();
    }

    @Test
    void reservationIsSettledAndReleasedByItsOwnerAlone() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", OWNER, wei(10));

        limits.release("a", "another");
        assertThat(limits.reserve("b", OWNER, wei(1))).isFalse();

        limits.settle("a", "another");
        limits.release("a", OWNER); // it would come too late if it were settled
        assertThat(limits.reserve("b", OWNER, wei(10))).isTrue();
    }

    @Test
    void keyOfAnotherOwnerGetsNoReservation() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", OWNER, wei(1));

        assertThat(limits.reserve("a", "another", wei(1))).isFalse();
        assertThat(limits.reserve("b", OWNER, wei(9))).isTrue();
    }

    @Test
    void releasedCountsNoMoreAndSettledGoesOnCounting() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", OWNER, wei(6));
        limits.reserve("b", OWNER, wei(4));

        limits.release("a", OWNER);
        limits.settle("b", OWNER);
        limits.release("b", OWNER);

        assertThat(limits.reserve("c", OWNER, wei(7))).isFalse();
        assertThat(limits.reserve("c", OWNER, wei(6))).isTrue();
    }

    @Test
    void settledIsForgottenTheNextDayAndOpenIsNot() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", OWNER, wei(6));
        limits.reserve("b", OWNER, wei(4));
        limits.settle("a", OWNER);

        clock.advance(Duration.ofHours(12));

        assertThat(limits.reserve("c", OWNER, wei(7))).isFalse();
        assertThat(limits.reserve("c", OWNER, wei(6))).isTrue();
    }

    @Test
    void settledCountsOnTheDayOfItsSettlement() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", OWNER, wei(6));

        clock.advance(Duration.ofHours(12));
        limits.settle("a", OWNER);

        assertThat(limits.reserve("b", OWNER, wei(5))).isFalse();
        assertThat(limits.reserve("b", OWNER, wei(4))).isTrue();
    }

    @Test
    void clockThatIsSetBackBringsNoDayBack() throws InterruptedException {
        SpendingLimits limits = limits(10);
        limits.reserve("a", OWNER, wei(10));
        limits.settle("a", OWNER);

        clock.jump(Duration.ofDays(-2));

        assertThat(limits.reserve("b", OWNER, wei(1))).isFalse();
    }

    @Test
    void fiftyThreadsTogetherGetTheLimitAndNotMore() throws Exception {
        SpendingLimits limits = limits(100);
        List<Callable<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String key = "key-" + i;
            all.add(() -> limits.reserve(key, OWNER, wei(7)));
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
