package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.SelectionStrategy.Candidate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SelectionStrategyTest {

    private static final int DRAWS = 10_000;

    private record Seen(String name, OptionalLong head, double latencyMillis, int inFlight, double successRate)
            implements Candidate {}

    private static Seen node(String name, double latency, int inFlight, double successRate) {
        return new Seen(name, OptionalLong.empty(), latency, inFlight, successRate);
    }

    private static Seen at(String name, long head, int inFlight) {
        return new Seen(name, head < 0 ? OptionalLong.empty() : OptionalLong.of(head), 1, inFlight, 1);
    }

    private static Map<String, Long> chosen(SelectionStrategy strategy, List<Seen> nodes) {
        Random random = new Random(20261121);
        return Stream.generate(() -> nodes.get(strategy.choose(nodes, random)).name())
                .limit(DRAWS)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    @Test
    void fastestNeverTakesTheWorstOfThree() {
        List<Seen> nodes = List.of(node("a", 10, 0, 1), node("b", 12, 0, 1), node("c", 30, 0, 1));

        assertThat(chosen(SelectionStrategy.fastest(), nodes)).containsOnlyKeys("a", "b");
    }

    @Test
    void fastestCountsWhatIsUnderWayAndWhatFailed() {
        assertThat(chosen(SelectionStrategy.fastest(), List.of(node("quick", 10, 3, 1), node("free", 30, 0, 1))))
                .containsOnlyKeys("free");
        assertThat(chosen(SelectionStrategy.fastest(), List.of(node("quick", 10, 0, 0.2), node("sure", 30, 0, 1))))
                .containsOnlyKeys("sure");
    }

    @Test
    void priorityTakesTheFirst() {
        assertThat(chosen(SelectionStrategy.priority(), List.of(node("a", 99, 9, 0.1), node("b", 1, 0, 1))))
                .containsOnlyKeys("a");
    }

    @Test
    void roundRobinTakesEachAsOften() {
        assertThat(chosen(SelectionStrategy.roundRobin(), List.of(at("a", 1, 0), at("b", 1, 0))))
                .isEqualTo(Map.of("a", DRAWS / 2L, "b", DRAWS / 2L));
    }

    @Test
    void highestHeadTakesTheNewestBlockAndThenTheLeastBusy() {
        assertThat(chosen(
                        SelectionStrategy.highestHead(), List.of(at("none", -1, 0), at("old", 7, 0), at("new", 8, 5))))
                .containsOnlyKeys("new");
        assertThat(chosen(SelectionStrategy.highestHead(), List.of(at("busy", 8, 5), at("free", 8, 1))))
                .containsOnlyKeys("free");
    }

    @Test
    void weightedTakesEachByItsWeight() {
        Map<String, Long> chosen = chosen(
                SelectionStrategy.weighted(Map.of("a", 3, "b", 1, "c", 0)::get),
                List.of(at("a", 1, 0), at("b", 1, 0), at("c", 1, 0)));

        assertThat(chosen).containsOnlyKeys("a", "b");
        assertThat(chosen.get("a")).isBetween(DRAWS * 73L / 100, DRAWS * 77L / 100);
    }

    @Test
    void whereNobodyHasAWeightEachIsDrawn() {
        assertThat(chosen(SelectionStrategy.weighted(name -> 0), List.of(at("a", 1, 0), at("b", 1, 0))))
                .containsOnlyKeys("a", "b");
    }

    @Test
    void aStrategyOfOnesOwnThatChoosesNobodyIsTold() throws InterruptedException {
        try (FakeNode a = FakeNode.start();
                FakeNode b = FakeNode.start();
                RpcPool pool = RpcPool.builder()
                        .primary(a.url(), b.url())
                        .selection((candidates, random) -> candidates.size())
                        .open()) {
            assertThatThrownBy(() -> pool.call("eth_x"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("chose 2 of 2 candidates");
        }
    }
}
