package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.internal.node.Breaker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private final Breaker breaker = new Breaker();
    private long now = Long.MAX_VALUE - 1; // overflows at once

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.began(now);
            breaker.failed(now);
        }
    }

    private void serve(int times) {
        for (int i = 0; i < times; i++) {
            breaker.began(now);
            breaker.served();
        }
    }

    @Test
    void opensAfterFiveFailuresInARow() {
        fail(4);
        serve(1);
        fail(4);
        assertThat(breaker.allows(now)).isTrue();

        fail(1);

        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.allows(now)).isFalse();
    }

    @Test
    void opensWhenHalfOfTheLastThirtyFailed() {
        for (int i = 0; i < 14; i++) {
            fail(1);
            serve(1);
        }
        assertThat(breaker.isOpen()).isFalse();

        fail(1);

        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void failuresOfLongAgoDoNotCount() {
        for (int i = 0; i < 100; i++) {
            fail(1);
            serve(3);
        }

        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void letsThreeCallsTryAfterFiveSecondsAndClosesWhenAllAreServed() {
        fail(5);
        pass(Duration.ofMillis(4_999));
        assertThat(breaker.allows(now)).isFalse();
        pass(Duration.ofMillis(1));

        for (int i = 0; i < 3; i++) {
            assertThat(breaker.allows(now)).isTrue();
            breaker.began(now);
        }
        assertThat(breaker.allows(now)).isFalse();
        breaker.served();
        breaker.served();
        assertThat(breaker.isOpen()).isTrue();
        breaker.served();

        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.allows(now)).isTrue();
    }

    @Test
    void staysOpenTwiceAsLongEachTimeAMinuteAtMost() {
        fail(5);
        for (int seconds : new int[] {5, 10, 20, 40, 60, 60}) {
            pass(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(breaker.allows(now)).as("before %d s", seconds).isFalse();
            pass(Duration.ofNanos(1));
            assertThat(breaker.allows(now)).as("after %d s", seconds).isTrue();
            fail(1);
        }
    }

    @Test
    void callsThatWereOnTheirWayWhenItOpenedDoNotKeepItOpenLonger() {
        for (int i = 0; i < 64; i++) {
            breaker.began(now);
        }
        for (int i = 0; i < 64; i++) {
            breaker.failed(now);
        }

        pass(Duration.ofSeconds(5));

        assertThat(breaker.allows(now)).isTrue();
    }

    @Test
    void callsThatWereOnTheirWayWhenItOpenedDoNotCloseIt() {
        for (int i = 0; i < 8; i++) {
            breaker.began(now);
        }
        for (int i = 0; i < 5; i++) {
            breaker.failed(now);
        }

        for (int i = 0; i < 3; i++) {
            breaker.served();
        }

        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void probesThatNeverEndDoNotKeepItOpenForEver() {
        fail(5);
        pass(Duration.ofSeconds(5));
        for (int i = 0; i < 3; i++) {
            breaker.began(now);
        }
        assertThat(breaker.allows(now)).isFalse();

        pass(Duration.ofSeconds(5));

        assertThat(breaker.allows(now)).isTrue();
    }

    /** It answers every check, so its state is healthy; only its calls fail. */
    @Test
    void aNodeThatFailsItsCallsIsAskedAtMostTwentyTimesInFourHundred() throws InterruptedException {
        try (FakeNode dead = FakeNode.start();
                FakeNode good = FakeNode.start();
                RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(dead.url(), good.url())
                        .selection(SelectionStrategy.priority())
                        .unhealthyAfter(1000)
                        .healthCheckEvery(Duration.ofMillis(50))
                        .open()) {
            dead.on("eth_x", new Reply.Reset());
            good.on("eth_x", new Reply.Result("\"0x7\""));
            for (int i = 0; i < 400; i++) {
                assertThat(pool.call("eth_x").asLong()).isEqualTo(7);
            }

            assertThat(dead.asked("eth_x")).isLessThanOrEqualTo(20);
            assertThat(pool.status().nodes().getFirst().isBroken()).isTrue();
        }
    }

    @Test
    void limitsAndRefusalsNeverOpenIt() throws InterruptedException {
        try (FakeNode node = FakeNode.start();
                FakeNode other = FakeNode.start();
                RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(node.url(), other.url())
                        .selection(SelectionStrategy.priority())
                        .open()) {
            node.on("eth_x", new Reply.Body(429, "slow down"));
            other.on("eth_x", new Reply.Result("\"0x7\""));
            for (int i = 0; i < 40; i++) {
                pool.call("eth_x");
            }

            assertThat(pool.status().nodes().getFirst().isBroken()).isFalse();
        }
    }
}
