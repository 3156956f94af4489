package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.SimulatedNodes.between;
import static dev.tocsin.rpcpool.SimulatedNodes.stalling;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A second node is asked when the first is late: what that gives, what it costs, and what it must not do. */
class HedgeTest {

    private static final int CALLS = 10_000;
    private static final Duration STALL = Duration.ofSeconds(2);
    private static final int WARM_UP = 700; // some five seconds of calls one after the other

    private static double p99(List<Double> sorted) {
        return sorted.get(sorted.size() * 99 / 100 - 1);
    }

    private static List<Double> healthy(long seed) throws InterruptedException {
        SimulatedNodes nodes = new SimulatedNodes(seed)
                .node("n0", between(5, 10))
                .node("n1", between(5, 10))
                .node("n2", between(5, 10));
        try (RpcPool pool = nodes.open()) {
            nodes.run(pool, WARM_UP);
            return nodes.run(pool, CALLS);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.0, 0.05})
    void aNodeThatStallsCostsNoTailAndFewRequests(double share) throws InterruptedException {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedNodes nodes = new SimulatedNodes(seed)
                    .node("n0", stalling(share, STALL, between(5, 10)))
                    .node("n1", between(5, 10))
                    .node("n2", between(5, 10));
            try (RpcPool pool = nodes.open()) {
                nodes.run(pool, WARM_UP);
                nodes.asked();

                List<Double> took = nodes.run(pool, CALLS);

                assertThat(p99(took)).as("seed %d", seed).isLessThan(1.3 * p99(healthy(seed)));
                assertThat(nodes.asked()).as("seed %d", seed).isLessThanOrEqualTo(CALLS * 112 / 100);
            }
        }
    }

    @Test
    void whereEveryNodeStallsNowAndThenTheBudgetBoundsTheSecondRequests() throws InterruptedException {
        SimulatedNodes nodes = new SimulatedNodes(7)
                .node("n0", stalling(0.4, STALL, between(5, 10)))
                .node("n1", stalling(0.4, STALL, between(5, 10)));
        try (RpcPool pool = nodes.open()) {
            nodes.run(pool, CALLS / 10);

            assertThat(nodes.asked()).isLessThanOrEqualTo(CALLS / 10 * 110 / 100 + 10);
        }
    }

    @Test
    void aNodeThreeTimesAsSlowLosesMostOfItsTrafficWithinFiveSeconds() throws InterruptedException {
        SimulatedNodes nodes = new SimulatedNodes(3)
                .node("n0", between(5, 10))
                .node("n1", between(5, 10))
                .node("n2", between(5, 10));
        try (RpcPool pool = nodes.open()) {
            nodes.run(pool, WARM_UP);
            nodes.node("n0", between(15, 30));
            nodes.run(pool, WARM_UP);
            nodes.asked();

            nodes.run(pool, 1_000);

            assertThat(nodes.asked("n0")).isLessThan(1_000 / 3 / 5);
        }
    }

    @Test
    void noHedgesMeansNone() throws InterruptedException {
        SimulatedNodes nodes = new SimulatedNodes(1).node("n0", stalling(0.5, STALL, between(5, 10)));
        nodes.node("n1", between(5, 10));
        RpcPoolBuilder settings = RpcPool.builder()
                .chain(1)
                .primary("http://n0", "http://n1")
                .selection(SelectionStrategy.priority())
                .healthCheckEvery(Duration.ofHours(1))
                .hedges(0);
        try (RpcPool pool = nodes.open(settings)) {
            nodes.run(pool, 100);

            assertThat(nodes.asked()).isEqualTo(100);
        }
    }

    @Test
    void whatChangesSomethingIsNeverAskedTwice() throws InterruptedException {
        try (FakeNode slow = FakeNode.start();
                FakeNode other = FakeNode.start();
                RpcPool pool = late(slow, other).open()) {
            slow.on("evm_mine", new Reply.Slow(400, new Reply.Result("\"0x1\"")));

            pool.call("evm_mine");

            assertThat(other.asked("evm_mine")).isZero();
        }
    }

    @Test
    void theConnectionOfTheLateNodeIsFreedOnceTheOtherHasAnswered() throws InterruptedException {
        try (FakeNode slow = FakeNode.start();
                FakeNode other = FakeNode.start();
                RpcPool pool = late(slow, other).open()) {
            slow.on("eth_x", new Reply.Stall());
            other.on("eth_x", new Reply.Result("\"0x2\""));

            RpcResult result = pool.call("eth_x");

            assertThat(result.node()).isEqualTo(other.name());
            await().until(() -> slow.underWay() == 0);
            assertThat(pool.status().nodes().getFirst().errors()).isZero();
        }
    }

    @Test
    void anAnswerThatSaysNothingWaitsForTheOneThatMaySaySomething() throws InterruptedException {
        try (FakeNode slow = FakeNode.start();
                FakeNode other = FakeNode.start();
                RpcPool pool = late(slow, other).open()) {
            slow.on("eth_x", new Reply.Slow(400, new Reply.Result("\"0x1\"")));
            other.on("eth_x", new Reply.Result("null"));

            assertThat(pool.call("eth_x").asLong()).isEqualTo(1);
            assertThat(other.asked("eth_x")).isEqualTo(1);
        }
    }

    @Test
    void aNodeThatLimitsUsIsNoSecondNode() throws InterruptedException {
        try (FakeNode slow = FakeNode.start();
                FakeNode limited = FakeNode.start();
                RpcPool pool = late(limited, slow).open()) {
            limited.on("eth_x", new Reply.Body(429, "try again in 60 seconds"));
            slow.on("eth_x", new Reply.Slow(400, new Reply.Result("\"0x1\"")));
            pool.call("eth_x");

            assertThat(pool.call("eth_x").asLong()).isEqualTo(1);

            assertThat(limited.asked("eth_x")).isEqualTo(1);
        }
    }

    @Test
    void theSecondAnswersWhenTheFirstFailsLate() throws InterruptedException {
        try (FakeNode slow = FakeNode.start();
                FakeNode other = FakeNode.start();
                RpcPool pool = late(slow, other).open()) {
            slow.on("eth_x", new Reply.Slow(300, new Reply.Body(502, "bad gateway")));
            other.on("eth_x", new Reply.Slow(500, new Reply.Result("\"0x2\"")));

            assertThat(pool.call("eth_x").asLong()).isEqualTo(2);
            assertThat(other.asked("eth_x")).isEqualTo(1);
        }
    }

    /** The first node is always asked first. */
    private static RpcPoolBuilder late(FakeNode first, FakeNode second) {
        return RpcPool.builder()
                .chain(1)
                .primary(first.url(), second.url())
                .selection(SelectionStrategy.priority())
                .callTimeout(Duration.ofSeconds(5))
                .healthCheckEvery(Duration.ofHours(1));
    }
}
