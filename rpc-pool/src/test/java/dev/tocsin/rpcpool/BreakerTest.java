package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.internal.node.Breaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        try (TwoNodes nodes =
                new TwoNodes(settings -> settings.unhealthyAfter(1000).healthCheckEvery(Duration.ofMillis(50)))) {
            nodes.first.on("eth_x", new Reply.Reset());
            callOften(nodes.pool, 400);

            assertThat(nodes.first.asked("eth_x")).isLessThanOrEqualTo(20);
            assertThat(nodes.ofFirst().isBroken()).isTrue();
        }
    }

    private static void callOften(RpcPool pool, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            assertThat(pool.call("eth_x", i).asLong()).isEqualTo(7);
        }
    }

    /** An unknown error may be the call's: a caller who asks nonsense breaks no node. */
    @ParameterizedTest
    @ValueSource(ints = {-32098, -32000, -32603})
    void aKnownFaultOfTheNodeOpensItAndAnUnknownErrorDoesNot(int code) throws InterruptedException {
        try (TwoNodes nodes = new TwoNodes()) {
            nodes.first.on("eth_x", new Reply.Error(code, "quux zork"));
            callOften(nodes.pool, 40);
            assertThat(nodes.ofFirst().isBroken()).isFalse();

            nodes.first.on("eth_x", new Reply.Error(-32603, "Internal error"));
            long before = nodes.first.asked("eth_x");
            callOften(nodes.pool, 400);

            assertThat(nodes.first.asked("eth_x") - before).isLessThanOrEqualTo(20);
            assertThat(nodes.ofFirst().isBroken()).isTrue();
        }
    }

    /** It may as well be the call's. */
    @ParameterizedTest
    @ValueSource(ints = {-32098, -32000})
    void anErrorThatNobodyKnowsIsToldByTwoNodesAndBreaksNone(int code) throws InterruptedException {
        RecordingListener listener = new RecordingListener();
        List<FakeNode> nodes = Stream.generate(FakeNode::start).limit(5).toList();
        nodes.forEach(node -> node.on("eth_x", new Reply.Error(code, "quux zork")));
        RpcPoolBuilder settings = RpcPool.builder().chain(1).hedges(0).listener(listener);
        nodes.forEach(node -> settings.primary(node.url()));
        try (RpcPool pool = settings.open()) {
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> pool.call("eth_x")).isInstanceOf(RpcRejectedException.class);
            }

            assertThat(nodes.stream().mapToLong(node -> node.asked("eth_x")).sum())
                    .isEqualTo(40);
            assertThat(listener.of("unclassified")).hasSize(40);
            assertThat(pool.status().nodes()).noneMatch(NodeStatus::isBroken);
        } finally {
            nodes.forEach(FakeNode::close);
        }
    }

    /** In virtual time; each failure costs the caller what a connection costs that is reset. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aNodeThatResetsEveryConnectionCostsNoTail(long seed) throws InterruptedException {
        SimulatedTraffic.Answers reset = (nanos, random, calls) -> SimulatedTraffic.Answer.reset(Duration.ofMillis(1));

        double healthy = p99OfTenThousandCalls(seed, BreakerTest::fiveToTenMillis);
        double dead = p99OfTenThousandCalls(seed, reset);

        assertThat(dead).isLessThan(1.3 * healthy);
    }

    private static SimulatedTraffic.Answer fiveToTenMillis(long nanos, Random random, int calls) {
        return SimulatedTraffic.Answer.served(Duration.ofNanos(5_000_000 + random.nextLong(5_000_000)));
    }

    private static double p99OfTenThousandCalls(long seed, SimulatedTraffic.Answers first) throws InterruptedException {
        SimulatedTraffic traffic = new SimulatedTraffic(seed)
                .node("a", first)
                .node("b", BreakerTest::fiveToTenMillis)
                .node("c", BreakerTest::fiveToTenMillis);
        List<Long> took = new ArrayList<>();
        try (RpcPool pool =
                traffic.settings().selection(SelectionStrategy.priority()).open()) {
            traffic.run(8, random -> {
                for (int i = 0; i < 1_250; i++) {
                    long began = traffic.now();
                    pool.call("eth_x", random.nextLong()); // each of its own: nobody shares an answer
                    took.add(traffic.now() - began);
                }
            });
        }
        took.sort(null);
        return took.get(took.size() * 99 / 100 - 1);
    }

    @Test
    void limitsAndRefusalsNeverOpenIt() throws InterruptedException {
        try (TwoNodes nodes = new TwoNodes()) {
            nodes.first.on("eth_x", new Reply.Body(429, "slow down"));
            callOften(nodes.pool, 40);

            assertThat(nodes.ofFirst().isBroken()).isFalse();
        }
    }
}
