package dev.tocsin.rpcpool.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.node.Head;
import dev.tocsin.rpcpool.internal.read.ChainModel.Block;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Reads through reorganisations, told in every way, also while a read is under way; what is kept is compared with the truth. */
class ReadCacheRandomTest {

    private static final int REORGS = 50;
    private static final CallContext ANY = new CallContext(Long.MAX_VALUE, -1);

    @TestFactory
    Stream<DynamicTest> noStaleReadThroughFiftyReorganisations() {
        return IntStream.range(0, 10)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> new Run(seed, false).check()));
    }

    @TestFactory
    Stream<DynamicTest> noStaleReadFromNodesThatAreStillOnAnotherBranch() {
        return IntStream.range(0, 10)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> new Run(seed, true).check()));
    }

    private static final class Run {
        private final Random random;
        private final boolean nodesLag;
        private final ReadCache cache;
        private final List<ChainModel> nodes = new ArrayList<>();
        private ChainModel truth = ChainModel.start(60);
        private int branch;
        private int reorgs;
        private boolean wasAsked;

        Run(int seed, boolean nodesLag) {
            this.random = new Random(seed);
            this.nodesLag = nodesLag;
            this.cache = new ReadCache(
                    (call, context) -> ask(call),
                    () -> truth.finalized(),
                    (node, time) -> seenBy(node).head().told(),
                    10_000_000,
                    Duration.ofHours(1)::toNanos,
                    () -> 0);
            for (int i = 0; i < 3; i++) {
                nodes.add(truth);
            }
            for (long number = 0; number <= truth.head().number(); number++) {
                tell(truth.at(number));
            }
        }

        void check() throws InterruptedException {
            while (reorgs < REORGS) {
                if (random.nextInt(80) == 0) {
                    move();
                }
                read();
            }
            assertThat(cache.stats().hits()).isGreaterThan(1_000);
        }

        private void read() throws InterruptedException {
            RpcCall call = call();
            wasAsked = false;
            CallOutcome outcome = cache.call(call, ANY);
            if (wasAsked) {
                return;
            }
            RpcResult kept = ((CallOutcome.Answered) outcome).result();
            if (!kept.tree().equals(truth.result(call))) {
                throw new AssertionError(call + " was answered by " + kept.json() + ", now " + truth.result(call));
            }
        }

        /** A node's answer; meanwhile the chain may move, before the node has looked or after. */
        private CallOutcome ask(RpcCall call) {
            wasAsked = true;
            if (random.nextInt(200) == 0) {
                move();
            }
            String node = String.valueOf(random.nextInt(nodes.size()));
            JsonNode answer = seenBy(node).result(call);
            if (random.nextInt(200) == 0) {
                move();
            }
            return new CallOutcome.Answered(RpcResult.of(answer, node, Duration.ZERO));
        }

        private ChainModel seenBy(String node) {
            return nodesLag ? nodes.get(Integer.parseInt(node)) : truth;
        }

        private void move() {
            List<Block> told = new ArrayList<>();
            if (random.nextInt(3) == 0) {
                reorgs++;
                long mayChange = truth.head().number() - truth.finalized();
                int depth = (int) Math.min(1 + random.nextInt(8), mayChange);
                truth = truth.without(depth);
                long fork = truth.head().number();
                truth = truth.grown(Math.max(0, depth - 1 + random.nextInt(5)), ++branch);
                if (truth.head().number() == fork || (!nodesLag && random.nextInt(4) == 0)) {
                    cache.givenUp(fork);
                }
                for (long number = fork; number <= truth.head().number(); number++) {
                    told.add(truth.at(number));
                }
            } else {
                int count = 1 + random.nextInt(2);
                truth = truth.grown(count, branch);
                for (int i = count - 1; i >= 0; i--) {
                    told.add(truth.at(truth.head().number() - i));
                }
            }
            boolean onlyTheLast = !nodesLag && random.nextInt(4) == 0;
            told.subList(onlyTheLast ? told.size() - 1 : 0, told.size()).forEach(this::tell);
            nodes.replaceAll(node -> random.nextInt(3) == 0 && node.head().number() > truth.finalized() ? node : truth);
        }

        private void tell(Block head) {
            boolean hasParent = nodesLag || random.nextInt(20) > 0;
            cache.head(hasParent ? head.told() : new Head(head.number(), head.hash(), null));
        }

        private RpcCall call() {
            long number = truth.head().number() - random.nextInt(ChainModel.FINAL_DEPTH + 10) + 1;
            String quantity = ChainModel.quantity(number);
            String ref = random.nextInt(3) == 0
                    ? List.of("latest", "finalized", "pending", "earliest").get(random.nextInt(4))
                    : quantity;
            return switch (random.nextInt(8)) {
                case 0 -> RpcCall.of("eth_getBlockByHash", truth.at(number - 1).hash(), false);
                case 1 -> RpcCall.of("eth_getTransactionReceipt", ChainModel.transaction(number));
                case 2 -> RpcCall.of("eth_getBalance", "0x1", ref);
                case 3 -> RpcCall.of("eth_blockNumber");
                case 4 -> RpcCall.of("eth_getBlockReceipts", ref);
                case 5 ->
                    RpcCall.of(
                            "eth_getLogs", Map.of("fromBlock", ChainModel.quantity(number - 3), "toBlock", quantity));
                case 6 -> RpcCall.of("eth_getLogs", Map.of("fromBlock", quantity, "toBlock", quantity));
                default -> RpcCall.of("eth_getBlockByNumber", ref, false);
            };
        }
    }
}
