package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.LackingNodes.Lack;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After a miss the oldest block that a node has is looked for in the background; in virtual time. */
class BoundSearchTest {

    private static final Duration ENOUGH = Duration.ofSeconds(5); // less than half of a block time
    private static final String BALANCE = "a eth_getBalance";
    private static final int MOST_READS = 20;

    private final LackingNodes nodes = new LackingNodes(7);

    /** A first, then b, which has everything. */
    private RpcPool pool(Lack first) throws InterruptedException {
        nodes.settings.selection(SelectionStrategy.priority());
        RpcPool pool = nodes.node("a", first).node("b", LackingNodes.nothing()).open();
        nodes.keepTime();
        return pool;
    }

    private long reads(String nodeAndMethod) {
        return nodes.asked.stream().filter(nodeAndMethod::equals).count();
    }

    @ParameterizedTest
    @ValueSource(longs = {20, 127, 128, 500, 10_000, 899_999})
    void afterOneMissTheDeepestBlockThatIsThereIsAskedForAndTheNextIsNot(long kept) throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(kept))) {
            nodes.balance(pool, 900_000);
            nodes.pass(ENOUGH);

            assertThat(reads(BALANCE)).isLessThanOrEqualTo(1 + MOST_READS);
            nodes.asked.clear();
            assertThat(nodes.balance(pool, kept)).isEqualTo("a");
            assertThat(nodes.balance(pool, kept + 1)).isEqualTo("b");
            assertThat(reads(BALANCE)).isEqualTo(1);
        }
    }

    @Test
    void whereEverythingSinceABlockIsKeptThatBlockIsFound() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.before(900_001))) {
            nodes.balance(pool, 999_000);
            nodes.pass(ENOUGH);
            nodes.asked.clear();

            assertThat(nodes.balance(pool, nodes.head() - 900_001)).isEqualTo("a");
            assertThat(nodes.balance(pool, nodes.head() - 900_000)).isEqualTo("b");
            assertThat(reads(BALANCE)).isEqualTo(1);
        }
    }

    @Test
    void readsArePacedAndWhatWasServedMakesThemFewer() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128))) {
            nodes.balance(pool, 1_000);
            nodes.balance(pool, 120);
            nodes.asked.clear();
            nodes.pass(Duration.ofMillis(310));
            assertThat(reads(BALANCE)).isEqualTo(3);

            nodes.pass(ENOUGH);
            assertThat(reads(BALANCE)).isLessThanOrEqualTo(10); // 880 blocks by halves
        }
    }

    @Test
    void aMissThatWasForeseenBeginsNoSearch() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128))) {
            nodes.balance(pool, 1_000);
            nodes.pass(ENOUGH);
            nodes.asked.clear();

            nodes.pass(Duration.ofMinutes(11)); // then one call may try
            nodes.balance(pool, 5_000);
            nodes.pass(ENOUGH);

            assertThat(reads(BALANCE)).isEqualTo(1);
        }
    }

    @Test
    void aBoundThatHasMovedUpIsLearnedFromTheNextMiss() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(5_000))) {
            nodes.balance(pool, 10_000);
            nodes.pass(ENOUGH);
            nodes.node("a", LackingNodes.deeperThan(300)); // it was pruned
            nodes.balance(pool, 4_000);
            nodes.pass(ENOUGH);
            nodes.asked.clear();

            assertThat(nodes.balance(pool, 301)).isEqualTo("b");
            assertThat(nodes.balance(pool, 300)).isEqualTo("a");
            assertThat(reads(BALANCE)).isEqualTo(1);
        }
    }

    @Test
    void nothingIsReadOfANodeThatLimitsUs() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128))) {
            nodes.balance(pool, 1_000);
            nodes.asked.clear();
            nodes.coolDown("a", Duration.ofSeconds(4));

            nodes.pass(Duration.ofMillis(3_900));
            assertThat(reads(BALANCE)).isZero();

            nodes.pass(ENOUGH);
            nodes.asked.clear();
            assertThat(nodes.balance(pool, 130)).isEqualTo("b");
            assertThat(nodes.balance(pool, 126)).isEqualTo("a");
            assertThat(reads(BALANCE)).isEqualTo(1);
        }
    }

    @Test
    void aReadThatMeetsALimitIsMadeAgainLater() throws InterruptedException {
        AtomicBoolean limits = new AtomicBoolean();
        Lack lack = (call, head) -> limits.get()
                ? ErrorClass.RATE_LIMITED
                : LackingNodes.before(900_001).of(call, head);
        try (RpcPool pool = pool(lack)) {
            nodes.balance(pool, 999_000);
            nodes.pass(Duration.ofMillis(310));
            limits.set(true);
            nodes.pass(Duration.ofMillis(100));
            limits.set(false);
            nodes.pass(Duration.ofMinutes(1));
            nodes.asked.clear();

            assertThat(nodes.balance(pool, nodes.head() - 900_000)).isEqualTo("b");
            assertThat(nodes.balance(pool, nodes.head() - 900_006)).isEqualTo("a");
            assertThat(reads(BALANCE)).isEqualTo(1);
        }
    }

    @Test
    void readsStayWithinTheNodesBudget() throws InterruptedException {
        nodes.set("a", node -> node.withRateLimit(RateLimit.requests(2)));
        try (RpcPool pool = pool(LackingNodes.deeperThan(128))) {
            nodes.pass(Duration.ofSeconds(6)); // checks have used it up
            nodes.balance(pool, 100_000);
            nodes.asked.clear();

            nodes.pass(Duration.ofSeconds(8));

            assertThat(reads(BALANCE)).isBetween(4L, 17L);
        }
    }

    @Test
    void anArchiveIsNotSearched() throws InterruptedException {
        nodes.set("a", NodeSettings::withArchive);
        try (RpcPool pool = pool(LackingNodes.before(500_000))) {
            nodes.balance(pool, 900_000);
            nodes.asked.clear();
            nodes.pass(ENOUGH);

            assertThat(reads(BALANCE)).isZero();
        }
    }

    @Test
    void aNodeTakenOutOfUseIsReadNoMore() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128))) {
            nodes.balance(pool, 900_000);
            nodes.pass(Duration.ofMillis(310));
            pool.cordon("a");
            nodes.asked.clear();
            nodes.pass(ENOUGH);

            assertThat(reads(BALANCE)).isZero();
        }
    }

    @Test
    void aNodeThatIsRemovedIsReadNoMore() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128))) {
            nodes.balance(pool, 900_000);
            nodes.pass(Duration.ofMillis(310));
            pool.removeNode("a");
            nodes.asked.clear();
            nodes.pass(ENOUGH);

            assertThat(reads(BALANCE)).isZero();
        }
    }

    @Test
    void closingThePoolEndsTheSearch() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.deeperThan(128))) {
            nodes.balance(pool, 900_000);
            nodes.pass(Duration.ofMillis(310));
            nodes.asked.clear();
        }

        assertThat(nodes.planned()).isZero();
        assertThat(nodes.asked).isEmpty();
    }

    @Test
    void anErrorThatSaysNothingOfDataEndsTheSearch() throws InterruptedException {
        Lack broken = (call, head) ->
                head - LackingNodes.block(call, head) > 100_000 ? ErrorClass.MISSING_DATA : ErrorClass.EXECUTION_FAILED;
        try (RpcPool pool = pool(broken)) {
            nodes.balance(pool, 900_000);
            nodes.asked.clear();
            nodes.pass(ENOUGH);

            assertThat(reads(BALANCE)).isBetween(1L, 5L);
        }
    }

    @TestFactory
    List<DynamicTest> eachKindOfDataIsSearchedByAReadOfItsOwn() {
        Map<String, LongFunction<Object[]>> calls = Map.of(
                "eth_getBlockByNumber", block -> new Object[] {hex(block), false},
                "eth_getBlockReceipts", block -> new Object[] {hex(block)},
                "eth_getLogs", block -> new Object[] {Map.of("fromBlock", hex(block), "toBlock", hex(block))},
                "eth_getProof", block -> new Object[] {"0x1", List.of(), hex(block)});
        return calls.entrySet().stream()
                .map(entry ->
                        DynamicTest.dynamicTest(entry.getKey(), () -> searchesBy(entry.getKey(), entry.getValue())))
                .toList();
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    private static void searchesBy(String method, LongFunction<Object[]> params) throws InterruptedException {
        BoundSearchTest fresh = new BoundSearchTest();
        LackingNodes nodes = fresh.nodes;
        Lack lack = (call, head) -> {
            Object block = call.params().getFirst() instanceof Map<?, ?> filter
                    ? filter.get("fromBlock")
                    : call.params().getLast() instanceof String last
                            ? last
                            : call.params().getFirst();
            return call.method().equals(method) && Long.decode((String) block) < 900_000
                    ? ErrorClass.MISSING_DATA
                    : null;
        };
        try (RpcPool pool = fresh.pool(lack)) {
            pool.call(method, params.apply(100_000));
            nodes.pass(ENOUGH);
            assertThat(fresh.reads("a " + method)).isGreaterThan(5);
            nodes.asked.clear();

            pool.call(method, params.apply(900_000));
            pool.call(method, params.apply(899_999));

            assertThat(nodes.asked).contains("a " + method, "b " + method);
            assertThat(fresh.reads("a " + method)).isEqualTo(1);
        }
    }
}
