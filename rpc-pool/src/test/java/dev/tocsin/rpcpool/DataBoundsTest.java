package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.LackingNodes.Lack;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataBoundsTest {

    private final LackingNodes nodes = new LackingNodes(7);

    /** A first, then b. */
    private RpcPool pool(Lack first, Lack second) throws InterruptedException {
        nodes.settings.selection(SelectionStrategy.priority());
        return nodes.node("a", first).node("b", second).open();
    }

    @Test
    void afterOneMissNoCallAsDeepIsMisroutedWhileTheWindowMoves() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128), LackingNodes.nothing())) {
            nodes.balance(pool, 500);
            for (int i = 0; i < 590; i++) {
                nodes.pass(Duration.ofSeconds(1));
                assertThat(nodes.balance(pool, 500 + i % 7 * 1000)).isEqualTo("b");
            }

            assertThat(nodes.asked("a")).isEqualTo(1);
            assertThat(nodes.balance(pool, 100)).isEqualTo("a");
        }
    }

    @Test
    void aNodeThatKeepsAllSinceABlockIsAskedForItAgainOnceThatIsSeen() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.before(900_000), LackingNodes.nothing())) {
            nodes.balance(pool, 100_001);
            assertThat(nodes.asked("a")).isEqualTo(1);

            nodes.pass(Duration.ofMinutes(11)); // 55 blocks
            assertThat(nodes.balance(pool, 100_020)).isEqualTo("a");

            assertThat(nodes.balance(pool, 100_030)).isEqualTo("a");
            assertThat(nodes.balance(pool, 100_070)).isEqualTo("b");
        }
    }

    @Test
    void aNodeThatHasGotTheDataIsFoundOutWithinTenMinutes() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128), LackingNodes.nothing())) {
            nodes.balance(pool, 500);
            nodes.node("a", LackingNodes.nothing());
            nodes.pass(Duration.ofMinutes(9));
            assertThat(nodes.balance(pool, 500)).isEqualTo("b");
            nodes.pass(Duration.ofMinutes(1));

            assertThat(nodes.balance(pool, 500)).isEqualTo("a");
            nodes.pass(Duration.ofSeconds(30));
            assertThat(nodes.balance(pool, 500_000)).isEqualTo("a");
            assertThat(nodes.balance(pool, 400_000)).isEqualTo("a");
        }
    }

    @Test
    void eachKindOfDataHasItsOwnBound() throws InterruptedException {
        Lack states = (call, head) -> call.method().equals("eth_getBalance")
                ? LackingNodes.deeperThan(128).of(call, head)
                : null;
        try (RpcPool pool = pool(states, LackingNodes.nothing())) {
            nodes.balance(pool, 500);

            assertThat(pool.call("eth_getBlockByNumber", "0x1", false).node()).isEqualTo("a");
            assertThat(pool.call("eth_call", java.util.Map.of(), "0x1").node()).isEqualTo("b");
            assertThat(pool.call("eth_call", java.util.Map.of(), "earliest").node())
                    .isEqualTo("b");
            assertThat(pool.call("eth_call", java.util.Map.of(), "latest").node())
                    .isEqualTo("a");
            assertThat(pool.call("eth_call", java.util.Map.of(), "0x" + "ab".repeat(32))
                            .node())
                    .isEqualTo("a");
        }
    }

    @Test
    void aBlockNearTheHeadOrAHashTeachesNothing() throws InterruptedException {
        Lack all = (call, head) -> ErrorClass.MISSING_DATA;
        try (RpcPool pool = pool(all, LackingNodes.nothing())) {
            nodes.balance(pool, 3);
            pool.call("eth_getBalance", "0x1", "0x" + "ab".repeat(32));
            nodes.node("a", LackingNodes.nothing());
            nodes.pass(Duration.ofSeconds(1));

            assertThat(nodes.balance(pool, 3)).isEqualTo("a");
            assertThat(nodes.balance(pool, 5000)).isEqualTo("a");
        }
    }

    @Test
    void aBlockThatANodeDoesNotHaveYetIsAskedOfOneThatHas() throws InterruptedException {
        long head = nodes.head();
        nodes.settings.attempts(2);
        nodes.node("c", LackingNodes.newerThan(head - 5));
        try (RpcPool pool = pool(LackingNodes.newerThan(head - 5), LackingNodes.nothing())) {
            pool.nodes.all().stream()
                    .filter(node -> !node.name().equals("b"))
                    .forEach(node -> nodes.tellHead(node, head - 5));

            assertThat(nodes.balance(pool, 0)).isEqualTo("b");
            assertThat(nodes.asked("c")).isEqualTo(1);
            assertThat(nodes.asked("a")).as("known to be as late").isZero();

            for (int i = 0; i < 10; i++) {
                assertThat(nodes.balance(pool, 0)).isEqualTo("b");
            }
            assertThat(nodes.asked("c") + nodes.asked("a")).isEqualTo(1);
            assertThat(nodes.balance(pool, 5)).isEqualTo("c");
        }
    }

    @Test
    void aCallForTheNextBlockWaitsForItAndIsServed() throws InterruptedException {
        Lack future = (call, head) -> LackingNodes.block(call, head) > head ? ErrorClass.FUTURE_BLOCK : null;
        nodes.node("c", future);
        try (RpcPool pool = pool(future, future)) {
            assertThatThrownBy(() -> nodes.balance(pool, -1))
                    .isInstanceOf(RpcRejectedException.class); // no block time yet
            for (int i = 0; i < 5; i++) {
                nodes.pass(LackingNodes.BLOCK);
            }
            nodes.pass(LackingNodes.BLOCK.minusSeconds(3));
            nodes.asked.clear();
            long wanted = nodes.head() + 1;

            nodes.balance(pool, -1);

            assertThat(nodes.head()).isEqualTo(wanted);
            assertThat(nodes.asked).hasSize(4);
            assertThatThrownBy(() -> nodes.balance(pool, -3)).isInstanceOf(RpcRejectedException.class);
            assertThat(nodes.head()).isEqualTo(wanted);
        }
    }

    @Test
    void aNodeThatIsLateIsNotTakenForOneThatHasPruned() throws InterruptedException {
        long head = nodes.head();
        Lack late = (call, chain) -> LackingNodes.block(call, chain) > head - 500 ? ErrorClass.MISSING_DATA : null;
        try (RpcPool pool = pool(late, LackingNodes.nothing())) {
            pool.nodes.all().stream()
                    .filter(node -> node.name().equals("a"))
                    .forEach(node -> nodes.tellHead(node, head - 500));
            assertThat(nodes.balance(pool, 20)).isEqualTo("b");

            assertThat(nodes.balance(pool, 5000)).isEqualTo("a");
        }
    }

    @Test
    void whereNobodyHasTheDataTheCallerSeesTheRefusal() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128), LackingNodes.deeperThan(128))) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> nodes.balance(pool, 500))
                        .isInstanceOfSatisfying(
                                RpcRejectedException.class,
                                e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.MISSING_DATA));
            }
        }
    }

    @Test
    void aBatchIsAskedOfANodeThatHasAllThatItNeeds() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128), LackingNodes.nothing())) {
            List<RpcCall> calls = List.of(RpcCall.of("eth_gasPrice"), RpcCall.of("eth_getBalance", "0x1", "0x1"));
            pool.batch(calls);
            pool.batch(calls);

            assertThat(nodes.asked("a")).isEqualTo(1);
            assertThat(nodes.balance(pool, 5000)).isEqualTo("b");
        }
    }

    @Test
    void archivesAreAskedForOldStatesFromTheBeginning() throws InterruptedException {
        nodes.set("b", NodeSettings::withArchive);
        try (RpcPool pool = pool(LackingNodes.deeperThan(128), LackingNodes.nothing())) {
            assertThat(nodes.balance(pool, 129)).isEqualTo("b");
            assertThat(nodes.balance(pool, 128)).isEqualTo("a");
            assertThat(pool.call("eth_getBlockByNumber", "0x1", false).node()).isEqualTo("a");
        }
    }

    @Test
    void archivesMayComeAndGo() throws InterruptedException {
        nodes.set("b", NodeSettings::withArchive);
        try (RpcPool pool = pool(LackingNodes.nothing(), LackingNodes.nothing())) {
            assertThat(againstA(pool)).contains(Exclusion.PRUNED);

            pool.removeNode("b");
            assertThat(againstA(pool)).isEmpty();

            pool.addNode(Tier.FALLBACK, NodeSettings.of("http://c").withArchive());
            assertThat(againstA(pool)).contains(Exclusion.PRUNED);
        }
    }

    /** What speaks against a for an old state. */
    private static Optional<Exclusion> againstA(RpcPool pool) {
        return pool.explain("eth_getBalance", "0x1", "0x1").nodes().stream()
                .filter(choice -> choice.node().name().equals("a"))
                .findFirst()
                .orElseThrow()
                .against();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void historicBalancesNeedAtMostOneAttemptInTwentyMore(long seed) throws InterruptedException {
        LackingNodes three = new LackingNodes(seed)
                .node("full", LackingNodes.deeperThan(128))
                .node("snapshot", LackingNodes.before(990_000))
                .node("archive", LackingNodes.nothing());
        int calls = 3000;
        try (RpcPool pool = three.open()) {
            three.keepTime(); // the search for the oldest block is at work
            Random random = new Random(seed);
            for (int i = 0; i < calls; i++) {
                three.balance(pool, (long) Math.exp(Math.log(1_000_000) * random.nextDouble()));
                three.pass(Duration.ofMillis(random.nextInt(2000)));
            }
        }

        assertThat(three.asked.size()).isLessThanOrEqualTo(calls * 105 / 100);
        assertThat(three.asked("full")).isGreaterThan(calls / 20);
        assertThat(three.asked("snapshot")).isGreaterThan(calls / 10);
    }
}
