package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.SimulatedNodes.between;
import static dev.tocsin.rpcpool.SimulatedNodes.stalling;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A primary that takes much longer than its fallbacks is left, and found again when it has recovered. */
class SlowNodeTest {

    private static final int CALLS = 10_000;
    private static final Duration STALL = Duration.ofSeconds(2);
    private static final Function<Random, Duration> QUICK = between(5, 10);
    private static final Function<Random, Duration> STALLS = stalling(1, STALL, QUICK);
    private static final double HEALTHY_P99 = 9.96; // of a time between 5 and 10

    private static double p99(List<Double> sorted) {
        return sorted.get(sorted.size() * 99 / 100 - 1);
    }

    private static SimulatedNodes nodes(long seed) {
        return new SimulatedNodes(seed).node("n0", QUICK).node("n1", QUICK).node("n2", QUICK);
    }

    private static RpcPoolBuilder onePrimary() {
        return RpcPool.builder()
                .chain(1)
                .primary("http://n0")
                .fallback("http://n1", "http://n2")
                .healthCheckEvery(Duration.ofHours(1));
    }

    private static RpcPoolBuilder inOrder() {
        return RpcPool.builder()
                .chain(1)
                .primary("http://n0", "http://n1", "http://n2")
                .selection(SelectionStrategy.priority())
                .healthCheckEvery(Duration.ofHours(1));
    }

    private static void runFor(Duration time, SimulatedNodes nodes, RpcPool pool) throws InterruptedException {
        long end = nodes.now() + time.toNanos();
        while (nodes.now() < end) {
            nodes.run(pool, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPrimaryThatStallsAlwaysIsLeftWithinFiveSecondsFromTheStart(boolean alone) throws InterruptedException {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedNodes nodes = nodes(seed).node("n0", STALLS);
            try (RpcPool pool = nodes.open(alone ? onePrimary() : inOrder())) {
                runFor(Duration.ofSeconds(5), nodes, pool);
                nodes.asked();

                List<Double> took = nodes.run(pool, CALLS);

                assertThat(p99(took)).as("seed %d", seed).isLessThan(1.3 * HEALTHY_P99);
                assertThat(took.getLast()).as("seed %d", seed).isLessThan(100);
                assertThat(nodes.asked()).as("seed %d", seed).isLessThanOrEqualTo(CALLS * 112 / 100);
            }
        }
    }

    @Test
    void aPrimaryThatBeginsToStallIsLeftWithinFiveSecondsAndBackThirtySecondsAfterItHasRecovered()
            throws InterruptedException {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedNodes nodes = nodes(seed);
            try (RpcPool pool = nodes.open(onePrimary())) {
                runFor(Duration.ofSeconds(20), nodes, pool);
                nodes.node("n0", STALLS);
                runFor(Duration.ofSeconds(5), nodes, pool);
                nodes.asked();

                List<Double> took = nodes.run(pool, CALLS);

                assertThat(p99(took)).as("seed %d", seed).isLessThan(1.3 * HEALTHY_P99);
                assertThat(nodes.asked("n0")).as("tries, seed %d", seed).isBetween(10, 80);
                assertThat(against(pool, "n0")).contains(Exclusion.SLOW);

                nodes.node("n0", QUICK);
                runFor(Duration.ofSeconds(30), nodes, pool);
                nodes.asked();
                nodes.run(pool, 1_000);

                assertThat(nodes.asked("n0")).as("back, seed %d", seed).isEqualTo(1_000);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPrimaryThatStallsInFiveOfAHundredCallsIsLeftAndBackWhenItHasRecovered(boolean alone)
            throws InterruptedException {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedNodes nodes = nodes(seed).node("n0", stalling(0.05, STALL, QUICK));
            try (RpcPool pool = nodes.open(alone ? onePrimary() : inOrder())) {
                runFor(Duration.ofSeconds(5), nodes, pool);
                nodes.asked();

                List<Double> took = nodes.run(pool, CALLS);

                assertThat(p99(took)).as("seed %d", seed).isLessThan(1.3 * HEALTHY_P99);
                assertThat(nodes.asked()).as("seed %d", seed).isLessThanOrEqualTo(CALLS * 112 / 100);

                nodes.node("n0", QUICK);
                runFor(Duration.ofSeconds(30), nodes, pool);
                nodes.asked();
                nodes.run(pool, 1_000);

                assertThat(nodes.asked("n0")).as("back, seed %d", seed).isEqualTo(1_000);
            }
        }
    }

    @Test
    void aPrimaryThatHasStalledAlwaysAndStillDoesNowAndThenIsNotTrustedAgain() throws InterruptedException {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedNodes nodes = nodes(seed).node("n0", STALLS);
            try (RpcPool pool = nodes.open(onePrimary())) {
                runFor(Duration.ofSeconds(10), nodes, pool);
                nodes.node("n0", stalling(0.05, STALL, QUICK));
                runFor(Duration.ofSeconds(5), nodes, pool);

                for (int window = 0; window < 8; window++) {
                    assertThat(p99(nodes.run(pool, 1_250)))
                            .as("seed %d, ten seconds, no. %d", seed, window)
                            .isLessThan(1.3 * HEALTHY_P99);
                }
            }
        }
    }

    @Test
    void aPrimaryThatStallsOnceInTwoHundredCallsKeepsItsTraffic() throws InterruptedException {
        for (long seed = 1; seed <= 5; seed++) {
            SimulatedNodes nodes = nodes(seed).node("n0", stalling(0.005, STALL, QUICK));
            try (RpcPool pool = nodes.open(onePrimary())) {
                runFor(Duration.ofSeconds(5), nodes, pool);
                nodes.asked();

                nodes.run(pool, CALLS);

                assertThat(nodes.asked("n0")).as("seed %d", seed).isGreaterThan(CALLS * 98 / 100);
            }
        }
    }

    @Test
    void aPrimaryThatStallsEverySecondCallIsLeftAndSeldomComesBackAsLongAsItDoes() throws InterruptedException {
        SimulatedNodes nodes = nodes(11).node("n0", stalling(0.5, STALL, QUICK));
        try (RpcPool pool = nodes.open(onePrimary())) {
            runFor(Duration.ofSeconds(60), nodes, pool);
            nodes.asked();

            List<Double> took = nodes.run(pool, CALLS);

            assertThat(p99(took)).isLessThan(1.3 * HEALTHY_P99);
            assertThat(nodes.asked("n0")).isLessThan(CALLS / 50);
        }
    }

    @Test
    void aPrimaryFarAwayIsNotLeftForAFallbackNearBy() throws InterruptedException {
        SimulatedNodes nodes = nodes(5);
        try (RpcPool pool = nodes.open(onePrimary())) {
            runFor(Duration.ofSeconds(5), nodes, pool);
            nodes.node("n0", between(60, 80));
            runFor(Duration.ofSeconds(20), nodes, pool);
            nodes.asked();

            nodes.run(pool, 1_000);

            assertThat(nodes.asked("n0")).isEqualTo(1_000);
        }
    }

    @Test
    void whatTakesLongAtEveryNodeMakesNobodySlow() throws InterruptedException {
        Function<Random, Duration> heavy = between(1_500, 3_000);
        SimulatedNodes nodes = nodes(6).node("n0", heavy).node("n1", heavy).node("n2", heavy);
        try (RpcPool pool = nodes.open(onePrimary())) {
            nodes.run(pool, 300);

            assertThat(against(pool, "n0")).isEmpty();
        }
    }

    @Test
    void aNodeWhoseBreakerIsOpenComesBackByCopiesAndNotByCallersCalls() throws InterruptedException {
        SimulatedNodes nodes = nodes(8).node("n0", random -> Duration.ofHours(1));
        RpcPoolBuilder settings = onePrimary().unhealthyAfter(1_000).callTimeout(Duration.ofMillis(300));
        try (RpcPool pool = nodes.open(settings)) {
            nodes.run(pool, 60);
            assertThat(against(pool, "n0")).contains(Exclusion.BROKEN);
            nodes.asked();

            List<Double> took = nodes.run(pool, CALLS);

            assertThat(took.getLast()).isLessThan(11);
            assertThat(nodes.asked("n0")).isBetween(10, 80);
            nodes.node("n0", QUICK);
            runFor(Duration.ofSeconds(30), nodes, pool);
            nodes.asked();
            nodes.run(pool, 1_000);
            assertThat(nodes.asked("n0")).isEqualTo(1_000);
        }
    }

    @Test
    void whatChangesSomethingIsNeverCopied() throws InterruptedException {
        SimulatedNodes nodes = nodes(9).node("n0", random -> Duration.ofHours(1));
        RpcPoolBuilder settings = onePrimary().unhealthyAfter(1_000).callTimeout(Duration.ofMillis(300));
        try (RpcPool pool = nodes.open(settings)) {
            nodes.run(pool, 60);
            assertThat(against(pool, "n0")).contains(Exclusion.BROKEN);
            nodes.asked();

            for (int i = 0; i < 400; i++) { // less than the five seconds for which the breaker is open
                pool.call("evm_mine");
            }

            assertThat(nodes.asked("n0")).isZero();
        }
    }

    @Test
    void theSteadyStrategyChangesSeldomUnderNoiseAndSoonWhenItIsWorthIt() throws InterruptedException {
        SimulatedNodes nodes = new SimulatedNodes(12)
                .node("n0", between(9, 11))
                .node("n1", between(9, 11))
                .node("n2", between(9, 11));
        RpcPoolBuilder settings = inOrder().selection(new Steady(nodes::now));
        try (RpcPool pool = nodes.open(settings)) {
            String held = null;
            int changes = 0;
            for (int second = 0; second < 120; second++) {
                runFor(Duration.ofSeconds(1), nodes, pool);
                String most = busiest(nodes);
                changes += most.equals(held) ? 0 : 1;
                held = most;
            }
            assertThat(changes).as("with the first choice").isLessThanOrEqualTo(2);

            nodes.node(held, between(27, 33));
            runFor(Duration.ofSeconds(5), nodes, pool);
            nodes.asked();
            nodes.run(pool, 1_000);

            assertThat(nodes.asked(held)).isLessThan(200);
        }
    }

    private static String busiest(SimulatedNodes nodes) {
        String most = "n0";
        int calls = 0;
        for (String name : List.of("n0", "n1", "n2")) {
            int asked = nodes.asked(name);
            most = asked > calls ? name : most;
            calls = Math.max(calls, asked);
        }
        return most;
    }

    private static Optional<Exclusion> against(RpcPool pool, String name) {
        return pool.explain("eth_x").nodes().stream()
                .filter(choice -> choice.node().name().equals(name))
                .findFirst()
                .orElseThrow()
                .against();
    }
}
