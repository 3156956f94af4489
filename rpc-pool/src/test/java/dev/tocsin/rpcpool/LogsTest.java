package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.HttpTransport;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code eth_getLogs} through the whole pool, at a node with one log in each block that gives at most 100 blocks at once. */
class LogsTest {

    private static final int MOST_BLOCKS = 100;
    private static final String GENESIS = "0x" + "ab".repeat(32);

    private final FakeNode node = FakeNode.start();

    @AfterEach
    void stop() {
        node.close();
    }

    private static FakeNode honest(FakeNode node) {
        return node.on("eth_blockNumber", new Reply.Result("\"0x1000\"")).on("eth_getLogs", LogsTest::logs);
    }

    private RpcPool open() throws InterruptedException {
        return open(RpcPool.builder());
    }

    private RpcPool open(RpcPoolBuilder settings) throws InterruptedException {
        return settings.chain(1).primary(honest(node).url()).open();
    }

    @Test
    void agreeingCutsAQueryThatTheNodesRefuseAsTooLarge() throws InterruptedException {
        try (FakeNode other = honest(FakeNode.start());
                RpcPool pool = open(RpcPool.builder().primary(other.url()))) {
            JsonNode logs = pool.agreeing(Agreement.of(2, 2))
                    .call("eth_getLogs", Map.of("fromBlock", "0x1", "toBlock", "0x100"))
                    .tree();

            assertThat(logs.size()).isEqualTo(256);
        }
    }

    private static Reply logs(JsonNode request) {
        JsonNode filter = request.path("params").path(0);
        long from = block(filter.path("fromBlock").asString("latest"));
        long to = block(filter.path("toBlock").asString("latest"));
        if (to - from >= MOST_BLOCKS) {
            return new Reply.Error(-32005, "eth_getLogs is limited to a " + MOST_BLOCKS + " blocks range");
        }
        ArrayNode logs = FakeNode.JSON.createArrayNode();
        for (long block = from; block <= Math.min(to, 0x1000); block++) {
            ObjectNode log = logs.addObject();
            log.put("blockNumber", "0x" + Long.toHexString(block)).put("logIndex", "0x0");
            log.put("blockHash", "0xb" + block).put("transactionHash", "0xt" + block);
        }
        return new Reply.Result(logs.toString());
    }

    private static long block(String name) {
        return switch (name) {
            case "latest" -> 0x1000;
            case "finalized", "safe" -> 0xfc0;
            case "earliest" -> 0;
            default -> Long.decode(name);
        };
    }

    private static Reply header(JsonNode request) {
        long number = block(request.path("params").path(0).stringValue());
        return new Reply.Result(
                "{\"number\":\"0x%x\",\"hash\":\"%s\"}".formatted(number, number == 0 ? GENESIS : hash(number)));
    }

    private static String hash(long number) {
        return "0x%064x".formatted(number);
    }

    private static Map<String, String> range(long from, long to) {
        return Map.of("fromBlock", "0x" + Long.toHexString(from), "toBlock", "0x" + Long.toHexString(to));
    }

    private static List<Long> blocks(JsonNode logs) {
        List<Long> blocks = new ArrayList<>();
        logs.forEach(log -> blocks.add(Long.decode(log.path("blockNumber").stringValue())));
        return blocks;
    }

    private static List<Long> all(long from, long to) {
        List<Long> blocks = new ArrayList<>();
        for (long block = from; block <= to; block++) {
            blocks.add(block);
        }
        return blocks;
    }

    @Test
    void aRangeThatTheNodeRefusesIsCutAndTheNextOneIsCutBeforeItIsAsked() throws InterruptedException {
        try (RpcPool pool = open()) {
            assertThat(pool.explain("eth_getLogs", range(1, 1000)).isCut()).isFalse();
            assertThat(blocks(pool.call("eth_getLogs", range(1, 1000)).tree())).isEqualTo(all(1, 1000));
            long before = node.asked("eth_getLogs");
            assertThat(pool.explain("eth_getLogs", range(1, 1000)).isCut()).isTrue();
            assertThat(pool.explain("eth_getLogs", Map.of("fromBlock", "0x1")).isCut())
                    .isTrue();
            assertThat(pool.explain("eth_getLogs", range(1, 50)).isCut()).isFalse();

            assertThat(blocks(pool.call("eth_getLogs", range(1, 1000)).tree())).isEqualTo(all(1, 1000));
            assertThat(node.asked("eth_getLogs") - before).isLessThanOrEqualTo(1000 / MOST_BLOCKS + 1);
            assertThat(pool.status().nodes().getFirst().errors()).isZero();
        }
    }

    @Test
    void aRangeUpToTheLatestBlockIsCutToo() throws InterruptedException {
        try (RpcPool pool = open()) {
            Map<String, String> toLatest = Map.of("fromBlock", "0xc00", "toBlock", "latest");
            assertThat(blocks(pool.call("eth_getLogs", toLatest).tree())).isEqualTo(all(0xc00, 0x1000));
            assertThat(blocks(pool.call("eth_getLogs", Map.of("fromBlock", "0xff0"))
                            .tree()))
                    .isEqualTo(all(0xff0, 0x1000));

            List<Long> got = new ArrayList<>();
            pool.logs(toLatest, chunk -> got.addAll(blocks(chunk)), Duration.ofSeconds(30));
            assertThat(got).isEqualTo(all(0xc00, 0x1000));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, false, 0xc00, finalized",
        "3, false, 0xc00, finalized",
        "1, true, 0xc00, finalized",
        "3, true, 0xc00, finalized",
        "1, false, 0xc00, safe",
        "3, false, 0xc00, safe",
        "1, true, 0xc00, safe",
        "1, false, earliest, 0x200",
        "3, true, earliest, 0x200",
        "1, false, 0xc00, latest",
        "3, true, 0xc00, latest",
        "1, false, earliest, latest",
        "1, true, earliest, finalized"
    })
    void aRangeBetweenNamedBlocksIsCutToo(int count, boolean streams, String from, String to)
            throws InterruptedException {
        List<FakeNode> others = new ArrayList<>();
        RpcPoolBuilder settings = RpcPool.builder().genesis(GENESIS);
        node.on("eth_getBlockByNumber", LogsTest::header);
        for (int i = 1; i < count; i++) {
            others.add(honest(FakeNode.start()).on("eth_getBlockByNumber", LogsTest::header));
            settings.primary(others.getLast().url());
        }
        Map<String, String> filter = Map.of("fromBlock", from, "toBlock", to);
        List<Long> got = new ArrayList<>();
        try (RpcPool pool = open(settings)) {
            if (streams) {
                pool.logs(filter, chunk -> got.addAll(blocks(chunk)), Duration.ofSeconds(30));
            } else {
                got.addAll(blocks(pool.call("eth_getLogs", filter).tree()));
            }
        } finally {
            others.forEach(FakeNode::close);
        }
        assertThat(got).isEqualTo(all(block(from), block(to)));
    }

    @Test
    void whatIsBeyondTheSafeBlockIsTheNodesToAnswer() throws InterruptedException {
        node.on("eth_getBlockByNumber", LogsTest::header);
        try (RpcPool pool = open(RpcPool.builder().genesis(GENESIS))) {
            Map<String, String> filter = Map.of("fromBlock", "0xff0", "toBlock", "safe");
            pool.call("eth_getLogs", range(1, 1000));

            assertThat(blocks(pool.call("eth_getLogs", filter).tree())).isEmpty();
        }
    }

    @Test
    void aFilterThatIsATreeIsCutToo() throws InterruptedException {
        ObjectNode filter = FakeNode.JSON.createObjectNode();
        filter.put("fromBlock", "0x1").put("toBlock", "0x200").putNull("address");
        filter.putArray("topics").add("0xt");
        try (RpcPool pool = open()) {
            assertThat(blocks(pool.call("eth_getLogs", filter).tree())).isEqualTo(all(1, 0x200));
        }
    }

    @Test
    void aRangeWhoseAnswerIsLargerThanWeTakeIsCutAndTheNodeIsNotToBlame() throws InterruptedException {
        RpcPoolBuilder settings = RpcPool.builder();
        settings.transports = (given, headers) ->
                new HttpTransport(given.connectTimeout(), given.errors, headers, InstantSource.system(), 5_000);
        try (RpcPool pool = open(settings)) {
            assertThat(blocks(pool.call("eth_getLogs", range(1, 90)).tree())).isEqualTo(all(1, 90));
            assertThat(node.asked("eth_getLogs")).isGreaterThan(1);

            long before = node.asked("eth_getLogs");
            assertThat(blocks(pool.call("eth_getLogs", range(1, 90)).tree())).isEqualTo(all(1, 90));
            assertThat(node.asked("eth_getLogs") - before).isLessThanOrEqualTo(3);
            assertThat(pool.status().nodes().getFirst().errors()).isZero();
        }
    }

    @Test
    void oneThatLiesAMillionBlocksAheadSpoilsNoQueryUpToTheHeadOrBeyond() throws InterruptedException {
        try (FakeNode second = honest(FakeNode.start());
                FakeNode liar = FakeNode.start()
                        .on("eth_blockNumber", new Reply.Result("\"0x200000\""))
                        .on("eth_getLogs", new Reply.Error(-32000, "header not found"));
                RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(liar.url(), honest(node).url(), second.url())
                        .selection((candidates, random) -> 0)
                        .open()) {
            assertThat(blocks(pool.call("eth_getLogs", range(0xff0, 0x1005)).tree()))
                    .isEqualTo(all(0xff0, 0x1000));
            List<Long> got = new ArrayList<>();
            pool.logs(
                    Map.of("fromBlock", "0xf00", "toBlock", "latest"),
                    chunk -> got.addAll(blocks(chunk)),
                    Duration.ofSeconds(30));

            assertThat(got).isEqualTo(all(0xf00, 0x1000));
            assertThat(node.asked("eth_getLogs") + second.asked("eth_getLogs")).isLessThanOrEqualTo(8);
        }
    }

    /** Gives at most so many blocks at once, and has one log in each thousandth. */
    private static FakeNode giving(FakeNode node, int mostBlocks) {
        return node.on("eth_blockNumber", new Reply.Result("\"0x20000\"")).on("eth_getLogs", request -> {
            JsonNode filter = request.path("params").path(0);
            long from = Long.decode(filter.path("fromBlock").stringValue());
            long to = Long.decode(filter.path("toBlock").stringValue());
            if (to - from >= mostBlocks) {
                return new Reply.Error(-32005, "eth_getLogs is limited to a " + mostBlocks + " blocks range");
            }
            ArrayNode logs = FakeNode.JSON.createArrayNode();
            for (long block = (from + 999) / 1000 * 1000; block <= to; block += 1000) {
                logs.addObject()
                        .put("blockNumber", "0x" + Long.toHexString(block))
                        .put("logIndex", "0x0");
            }
            return new Reply.Result(logs.toString());
        });
    }

    @Test
    void aNarrowNodeDoesNotMakeTheChunksSmallAsLongAsAWideOneIsThere() throws InterruptedException {
        AtomicInteger turn = new AtomicInteger();
        try (FakeNode narrow = giving(FakeNode.start(), 100);
                RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(narrow.url(), giving(node, 10_000).url())
                        .selection((candidates, random) -> turn.getAndIncrement() % candidates.size())
                        .open()) {
            List<Long> expected =
                    LongStream.rangeClosed(1, 50).map(i -> i * 1000).boxed().toList();

            assertThat(blocks(pool.call("eth_getLogs", range(1, 50_000)).tree()))
                    .isEqualTo(expected);
            assertThat(narrow.asked("eth_getLogs") + node.asked("eth_getLogs")).isLessThanOrEqualTo(20);

            long before = narrow.asked("eth_getLogs") + node.asked("eth_getLogs");
            assertThat(blocks(pool.call("eth_getLogs", range(1, 50_000)).tree()))
                    .isEqualTo(expected);
            assertThat(narrow.asked("eth_getLogs") + node.asked("eth_getLogs") - before)
                    .isEqualTo(5);
            assertThat(pool.explain("eth_getLogs", range(1, 10_000)).nodes())
                    .extracting(Explanation.Choice::against)
                    .containsExactly(Optional.empty(), Optional.of(Exclusion.LOGS_LIMITED));

            node.stop();
            assertThat(blocks(pool.call("eth_getLogs", range(1, 2_000)).tree())).containsExactly(1000L, 2000L);
        }
    }

    @Test
    void severalRefusalsAtOnceOfANodeThatIsNewAreNoSignThatNoWideOneIsLeft() throws InterruptedException {
        AtomicInteger turn = new AtomicInteger();
        try (FakeNode narrow = giving(FakeNode.start(), 100);
                RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(giving(node, 10_000).url())
                        .healthCheckEvery(Duration.ofMillis(100))
                        .selection((candidates, random) -> turn.getAndIncrement() % candidates.size())
                        .open()) {
            pool.call("eth_getLogs", range(1, 50_000));
            pool.addNode(Tier.PRIMARY, narrow.url());
            await().until(() -> pool.status().healthy() == 2);
            long before = node.asked("eth_getLogs");

            pool.call("eth_getLogs", range(1, 50_000));

            assertThat(node.asked("eth_getLogs") - before).isEqualTo(5);
            assertThat(narrow.asked("eth_getLogs")).isBetween(1L, 5L);
        }
    }

    @Test
    void logsComePieceByPieceInOrder() throws InterruptedException {
        List<Long> got = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        try (RpcPool pool = open()) {
            pool.logs(
                    range(1, 1000),
                    chunk -> {
                        sizes.add(chunk.size());
                        got.addAll(blocks(chunk));
                    },
                    Duration.ofSeconds(30));
        }
        assertThat(got).isEqualTo(all(1, 1000));
        assertThat(sizes).allMatch(size -> size <= MOST_BLOCKS);
    }

    @Test
    void whatCannotBeCutIsTheNodesRefusal() throws InterruptedException {
        try (RpcPool pool = open()) {
            node.on("eth_getLogs", new Reply.Error(-32005, "query returned more than 10000 results"));

            assertThatThrownBy(() -> pool.call("eth_getLogs", range(5, 5)))
                    .isInstanceOfSatisfying(
                            RpcRejectedException.class,
                            e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.RESULT_TOO_LARGE));
            assertThatThrownBy(() -> pool.logs(range(5, 5), chunk -> {}, Duration.ofSeconds(5)))
                    .isInstanceOf(RpcRejectedException.class);
        }
    }

    @Test
    void anotherNodeIsAskedAgainWhenTheOnlyOneThatAnswersLacksTheBlocks() throws InterruptedException {
        AtomicInteger failures = new AtomicInteger();
        ScriptedTransport nodes = new ScriptedTransport()
                .node("a", (call, cancellation) -> {
                    if (failures.incrementAndGet() <= 4) {
                        throw new NodeFailure(NodeFailure.Kind.NOT_SENT, "cannot connect");
                    }
                    return ScriptedTransport.says("[{\"blockNumber\":\"0x20\"}]")
                            .to(call, cancellation);
                })
                .node("b", ScriptedTransport.says("[]"));
        try (RpcPool pool = nodes.open(RpcPool.builder().hedges(0).attempts(10).retryDelay(Duration.ZERO))) {
            pool.nodes.all().forEach(one -> pool.view.learned(one, one.name().equals("a") ? 0x20 : 0x1f));

            assertThat(blocks(pool.call("eth_getLogs", range(1, 0x20)).tree())).containsExactly(0x20L);
        }
    }
}
