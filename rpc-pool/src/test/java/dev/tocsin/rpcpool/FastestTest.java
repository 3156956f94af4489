package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.SimulatedNodes.between;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the default selection spreads calls over nodes whose latency is noisy, second by second, in virtual time. */
class FastestTest {

    private static final int NODES = 3;
    private static final int SECONDS = 120;
    private static final int WINDOW = 30;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Between 9 and 11 ms, and for one node between 12 and 15. */
    private static SimulatedTraffic.Answer takes(String name, Random random) {
        long millis =
                name.equals("n2") ? 12_000_000 + random.nextLong(3_000_000) : 9_000_000 + random.nextLong(2_000_000);
        return SimulatedTraffic.Answer.served(Duration.ofNanos(millis));
    }

    /** Calls by second and node. */
    private static int[][] callersAtOnce(int callers, long seed, boolean oneIsSlower) throws InterruptedException {
        int[][] calls = new int[SECONDS + 1][NODES];
        SimulatedTraffic traffic = new SimulatedTraffic(seed);
        for (int i = 0; i < NODES; i++) {
            String name = "n" + i;
            traffic.node(name, (nanos, random, count) -> takes(oneIsSlower ? name : "n0", random));
        }
        try (RpcPool pool = traffic.settings().open()) {
            traffic.run(callers, random -> {
                while (traffic.now() < SECONDS * SECOND) {
                    int second = (int) (traffic.now() / SECOND);
                    String node = pool.call("eth_x", random.nextLong()).node();
                    calls[second][node.charAt(1) - '0']++;
                }
            });
        }
        return calls;
    }

    private static int sum(int[] calls) {
        return calls[0] + calls[1] + calls[2];
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void manyCallersAreSpreadEvenlyInEverySecondSoThatThereIsNothingToSwitch(long seed) throws InterruptedException {
        int[][] calls = callersAtOnce(8, seed, false);

        for (int second = 0; second < SECONDS; second++) {
            for (int node = 0; node < NODES; node++) {
                assertThat((double) calls[second][node] / sum(calls[second]))
                        .as("node %d in second %d", node, second)
                        .isBetween(0.25, 0.42);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aNodeThatIsAThirdSlowerNeverBecomesTheBusiest(long seed) throws InterruptedException {
        int[][] calls = callersAtOnce(8, seed, true);

        for (int second = 0; second < SECONDS; second++) {
            assertThat(calls[second][2])
                    .as("second %d", second)
                    .isLessThan(Math.min(calls[second][0], calls[second][1]));
        }
    }

    /** A caller by itself goes to whoever has been quickest lately; that changes, but not with every call. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aLoneCallerChangesItsFavouriteAtMostTwentyTimesInThirtySeconds(long seed) throws InterruptedException {
        SimulatedNodes nodes = new SimulatedNodes(seed)
                .node("n0", between(9, 11))
                .node("n1", between(9, 11))
                .node("n2", between(9, 11));
        List<Integer> favourites = new ArrayList<>();
        try (RpcPool pool = nodes.open()) {
            for (int second = 0; second < SECONDS; second++) {
                while (nodes.now() < (second + 1) * SECOND) {
                    nodes.run(pool, 1);
                }
                favourites.add(busiest(nodes));
            }
        }
        for (int from = 0; from + WINDOW <= SECONDS; from++) {
            List<Integer> window = favourites.subList(from, from + WINDOW);
            int changes = 0;
            for (int i = 1; i < WINDOW; i++) {
                changes += window.get(i).equals(window.get(i - 1)) ? 0 : 1;
            }
            assertThat(changes).as("from second %d on", from).isLessThanOrEqualTo(20);
        }
    }

    private static int busiest(SimulatedNodes nodes) {
        int most = -1;
        int busiest = 0;
        for (int i = 0; i < NODES; i++) {
            int asked = nodes.asked("n" + i);
            busiest = asked > most ? i : busiest;
            most = Math.max(most, asked);
        }
        return busiest;
    }
}
