package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SimulatedChain.SimulatedNode;
import dev.tocsin.rpcpool.internal.read.ChainModel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A pool with a cache, over nodes whose chain grows and is reorganised, in virtual time. */
class CachedChainTest {

    private static final Duration BLOCK = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int REORGS = 50;
    private static final int LENGTH = 150;
    private static final int WINDOW = 100;

    private final SimulatedChain time = new SimulatedChain(BLOCK);
    private final Deque<Moment> past = new ArrayDeque<>();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private ChainModel chain = ChainModel.start(LENGTH);

    private record Moment(long until, ChainModel chain) {}

    private RpcPool open(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            SimulatedNode node = time.node("n" + i);
            node.says = this::says;
            nodes.add(node);
        }
        RpcPool pool = time.settings().cache(10_000_000).headPollEvery(POLL).open();
        time.pass(POLL); // until the nodes have told what is finalized
        return pool;
    }

    private Optional<JsonNode> says(RpcCall call) {
        return switch (call.method()) {
            case "eth_syncing", "net_peerCount" -> Optional.empty();
            default -> Optional.of(chain.result(call));
        };
    }

    private void becomes(ChainModel next) {
        past.add(new Moment(time.clock.nanos(), chain));
        chain = next;
    }

    /** Whether an answer is right, or was when the heads were last asked for. */
    private boolean wasSo(RpcCall call, JsonNode answer) {
        long since = time.clock.nanos() - POLL.toNanos();
        past.removeIf(moment -> moment.until < since);
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
    @CsvSource({"1, 1", "1, 2", "1, 3", "3, 4", "3, 5", "3, 6"})
    void noStaleReadThroughFiftyReorganisations(int count, int seed) throws InterruptedException {
        Random random = new Random(seed);
        int hits = 0;
        try (RpcPool pool = open(count)) {
            for (int reorgs = 0; reorgs < REORGS; ) {
                time.pass(Duration.ofMillis(random.nextInt(150)));
                if (random.nextInt(25) == 0) {
                    boolean isReorg = random.nextInt(2) == 0;
                    reorgs += isReorg ? 1 : 0;
                    becomes(isReorg ? reorganised(random, reorgs) : chain.grown(1, 0));
                }
                RpcCall call = call(random);
                int before = requests();
                JsonNode answer =
                        pool.call(call.method(), call.params().toArray()).tree();
                hits += requests() == before ? 1 : 0;
                assertThat(wasSo(call, answer))
                        .as("%s was answered by %s, now %s", call, answer, chain.result(call))
                        .isTrue();
            }
        }
        assertThat(hits).isGreaterThan(500);
    }

    /** Often of the same height. */
    private ChainModel reorganised(Random random, int branch) {
        int depth = 1 + random.nextInt(5);
        return chain.without(depth).grown(depth + random.nextInt(2), branch);
    }

    private RpcCall call(Random random) {
        String quantity = ChainModel.quantity(chain.head().number() - random.nextInt(10));
        return switch (random.nextInt(7)) {
            case 0 -> RpcCall.of("eth_blockNumber");
            case 1 -> RpcCall.of("eth_getBlockByNumber", "latest", false);
            case 2 -> RpcCall.of("eth_getBalance", "0x1", "latest");
            case 3 -> RpcCall.of("eth_getBalance", "0x1", quantity);
            case 4 -> RpcCall.of("eth_getBlockReceipts", quantity);
            default -> RpcCall.of("eth_getBlockByNumber", quantity, false);
        };
    }

    @ParameterizedTest(name = "{0} nodes")
    @CsvSource({"1", "3"})
    void anIndexerThatFollowsTheHeadAndReadsAgainIsAnsweredFromMemory(int count) throws InterruptedException {
        try (RpcPool pool = open(count)) {
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
