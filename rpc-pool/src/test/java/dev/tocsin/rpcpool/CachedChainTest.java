package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SimulatedChain.SimulatedNode;
import dev.tocsin.rpcpool.internal.read.ChainModel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A pool with a cache, over nodes whose chain grows and is reorganised, in virtual time. */
class CachedChainTest {

    private static final Duration BLOCK = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final List<Duration> LATE = List.of(
            Duration.ZERO, Duration.ofMillis(900), Duration.ofMillis(150)); // nodes see the same at different moments
    private static final int REORGS = 150;
    private static final int LENGTH = 150;
    private static final int WINDOW = 100;

    private final SimulatedChain time = new SimulatedChain(BLOCK);
    private final Deque<Moment> past = new ArrayDeque<>();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private ChainModel chain = ChainModel.start(LENGTH);

    private record Moment(long until, ChainModel chain) {}

    private RpcPool open(int count) throws InterruptedException {
        return open(Collections.nCopies(count, Duration.ZERO));
    }

    /** With a node for each of these times, by which it is late. */
    private RpcPool open(List<Duration> late) throws InterruptedException {
        for (Duration by : late) {
            SimulatedNode node = time.node("n" + nodes.size());
            node.says = call -> says(before(by), call);
            nodes.add(node);
        }
        RpcPool pool = time.settings().cache(10_000_000).headPollEvery(POLL).open();
        time.pass(POLL); // until the nodes have told what is finalized
        return pool;
    }

    private static Optional<JsonNode> says(ChainModel seen, RpcCall call) {
        return switch (call.method()) {
            case "eth_syncing", "net_peerCount" -> Optional.empty();
            default -> Optional.of(seen.result(call));
        };
    }

    /** The chain as it was a time ago. */
    private ChainModel before(Duration by) {
        long at = time.clock.nanos() - by.toNanos();
        return past.stream()
                .filter(moment -> moment.until - at > 0)
                .findFirst()
                .map(Moment::chain)
                .orElse(chain);
    }

    private void becomes(ChainModel next) {
        past.add(new Moment(time.clock.nanos(), chain));
        chain = next;
    }

    /**
     * Whether an answer is right, or was when the late node and the heads were last asked. The latest block may be any that most nodes
     * have, so one of the last few.
     */
    private boolean wasSo(RpcCall call, JsonNode answer, Duration late) {
        if (!call.params().contains("latest")) {
            return isOrWas(call, answer, late);
        }
        long head = chain.head().number();
        return LongStream.rangeClosed(head - 4, head).anyMatch(number -> {
            List<Object> params = new ArrayList<>(call.params());
            params.set(params.indexOf("latest"), ChainModel.quantity(number));
            return isOrWas(RpcCall.of(call.method(), params.toArray()), answer, late);
        });
    }

    private boolean isOrWas(RpcCall call, JsonNode answer, Duration late) {
        long since = time.clock.nanos() - POLL.plus(late).toNanos();
        past.removeIf(moment -> moment.until - since < 0);
        return chain.result(call).equals(answer)
                || past.stream().anyMatch(moment -> moment.chain.result(call).equals(answer));
    }

    private int requests() {
        return nodes.stream()
                .flatMap(node -> node.asked.values().stream())
                .mapToInt(Integer::intValue)
                .sum();
    }

    @ParameterizedTest(name = "{0} nodes, seed {1}")
    @CsvSource({"1, 1", "1, 2", "1, 3", "2, 3", "2, 4", "3, 4", "3, 5", "3, 6"})
    void nothingIsOlderThanAPollThroughReorganisationsThatNodesSeeAtDifferentMoments(int count, int seed)
            throws InterruptedException {
        Random random = new Random(seed);
        List<Duration> late = LATE.subList(0, count);
        List<String> stale = new ArrayList<>();
        int hits = 0;
        try (RpcPool pool = open(late)) {
            for (int reorgs = 0; reorgs < REORGS; ) {
                time.pass(Duration.ofMillis(random.nextInt(150)));
                if (random.nextInt(25) == 0) {
                    boolean isReorg = random.nextInt(2) == 0;
                    reorgs += isReorg ? 1 : 0;
                    becomes(isReorg ? reorganised(random, reorgs) : chain.grown(1, 0));
                }
                RpcCall call = call(random);
                int before = requests();
                JsonNode answer = call(pool, call);
                hits += requests() == before ? 1 : 0;
                if (!wasSo(call, answer, Collections.max(late))) {
                    stale.add("%s was answered by %s, now %s".formatted(call, answer, chain.result(call)));
                }
            }
        }
        assertThat(stale).isEmpty();
        assertThat(hits).isGreaterThan(1500);
    }

    /** Often of the same height. */
    private ChainModel reorganised(Random random, int branch) {
        int depth = 1 + random.nextInt(5);
        return chain.without(depth).grown(depth + random.nextInt(2), branch);
    }

    private RpcCall call(Random random) {
        long number = chain.head().number() - random.nextInt(12);
        String quantity = ChainModel.quantity(number);
        return switch (random.nextInt(10)) {
            case 0 -> RpcCall.of("eth_blockNumber");
            case 1 -> RpcCall.of("eth_getBlockByNumber", "latest", false);
            case 2 -> RpcCall.of("eth_getBalance", "0x1", "latest");
            case 3 -> RpcCall.of("eth_getBalance", "0x1", quantity);
            case 4 -> RpcCall.of("eth_getBlockReceipts", quantity);
            case 5 -> RpcCall.of("eth_getLogs", Map.of("fromBlock", quantity, "toBlock", quantity));
            case 6 ->
                RpcCall.of("eth_getLogs", Map.of("fromBlock", ChainModel.quantity(number - 5), "toBlock", quantity));
            case 7 -> RpcCall.of("eth_getTransactionReceipt", ChainModel.transaction(number));
            default -> RpcCall.of("eth_getBlockByNumber", quantity, false);
        };
    }

    @ParameterizedTest(name = "{0} nodes")
    @CsvSource({"1", "2", "3"})
    void anIndexerThatFollowsTheHeadAndReadsAgainIsAnsweredFromMemory(int count) throws InterruptedException {
        try (RpcPool pool = open(LATE.subList(0, count))) {
            int asked = 0;
            int calls = 0;
            for (int round = 0; round < 10; round++) {
                long from = pool.call("eth_blockNumber").asLong() - WINDOW;
                for (int i = 0; i < WINDOW; i++) {
                    String quantity = ChainModel.quantity(from + i);
                    Map<String, String> range = Map.of("fromBlock", quantity, "toBlock", quantity);
                    int before = requests();
                    pool.call("eth_getBlockByNumber", quantity, false);
                    pool.call("eth_getBlockReceipts", quantity);
                    pool.call("eth_getLogs", range);
                    asked += round == 0 ? 0 : requests() - before;
                    calls += round == 0 ? 0 : 3;
                }
                time.pass(BLOCK.dividedBy(2));
                becomes(chain.grown(1, 0));
                time.pass(BLOCK.dividedBy(2));
            }
            assertThat(1 - asked / (double) calls).isGreaterThanOrEqualTo(0.9);
        }
    }

    @Test
    void whatTheCallersOwnReadsShowOfAnotherBranchIsHeededBeforeTheNextPoll() throws InterruptedException {
        try (RpcPool pool = open(1)) {
            follow(pool, 3);
            RpcCall last = RpcCall.of(
                    "eth_getBlockByNumber", ChainModel.quantity(chain.head().number()), false);
            RpcCall older = RpcCall.of(
                    "eth_getBlockReceipts", ChainModel.quantity(chain.head().number() - 1));
            call(pool, last);
            call(pool, older);

            becomes(chain.without(3).grown(4, 1));
            assertThat(call(pool, last)).as("nobody knows yet").isNotEqualTo(chain.result(last));
            call(
                    pool,
                    RpcCall.of(
                            "eth_getBlockByNumber",
                            ChainModel.quantity(chain.head().number()),
                            false));

            assertThat(call(pool, last)).isEqualTo(chain.result(last));
            assertThat(call(pool, older)).isEqualTo(chain.result(older));
        }
    }

    @Test
    void nodeThatHasLostATransactionStillHasTheBlocksSince() throws InterruptedException {
        try (RpcPool pool = open(1)) {
            follow(pool, 6);
            long head = chain.head().number();
            RpcCall receipt = RpcCall.of("eth_getTransactionReceipt", ChainModel.transaction(head - 4));
            String newest = ChainModel.quantity(head);
            RpcCall logs = RpcCall.of("eth_getLogs", Map.of("fromBlock", newest, "toBlock", newest));
            assertThat(call(pool, receipt).isNull()).isFalse();
            becomes(chain.without(5).grown(5, 1)); // without that transaction
            time.pass(POLL);

            assertThat(call(pool, receipt).isNull()).isTrue();
            time.pass(Duration.ofMillis(1));

            assertThat(call(pool, logs)).isEqualTo(chain.result(logs));
        }
    }

    private void follow(RpcPool pool, int blocks) throws InterruptedException {
        for (int i = 0; i < blocks; i++) {
            becomes(chain.grown(1, 0));
            pool.call("eth_chainId");
            time.pass(BLOCK);
        }
    }

    private static JsonNode call(RpcPool pool, RpcCall call) throws InterruptedException {
        return pool.call(call.method(), call.params().toArray()).tree();
    }

    @Test
    void blocksThatAreGivenUpAreForgotten() throws InterruptedException {
        try (RpcPool pool = open(3)) {
            follow(pool, 5);
            RpcCall gone = RpcCall.of(
                    "eth_getBlockByNumber", ChainModel.quantity(chain.head().number()), false);
            call(pool, gone);
            assertThat(IntStream.range(0, 3).map(i -> asked(pool, gone)).sum()).isZero();

            becomes(chain.without(4)); // and no other takes their place
            for (int i = 0; i < 70; i++) {
                pool.call("eth_chainId");
                time.pass(Duration.ofSeconds(1));
            }

            assertThat(asked(pool, gone)).isPositive();
        }
    }

    private int asked(RpcPool pool, RpcCall call) {
        int before = requests();
        try {
            call(pool, call);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return requests() - before;
    }

    @Test
    void afterAPauseNothingIsOlderThanAPoll() throws InterruptedException {
        try (RpcPool pool = open(1)) {
            follow(pool, 3);
            RpcCall balance = RpcCall.of("eth_getBalance", "0x1", "latest");
            call(pool, balance);

            time.pass(Duration.ofSeconds(14)); // in which only the checks ask, every 10 s
            becomes(chain.grown(1, 0));
            time.pass(Duration.ofSeconds(3));

            assertThat(call(pool, balance)).isEqualTo(chain.result(balance));
        }
    }
}
