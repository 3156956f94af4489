package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.node.HeadLook;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.NodesView;
import dev.tocsin.rpcpool.internal.view.Patience;
import dev.tocsin.rpcpool.internal.view.View;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What the view makes of calls and answers; the layer below plays back answers. */
class ViewTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    private final List<String> asked = new ArrayList<>();
    private final Deque<CallOutcome> answers = new ArrayDeque<>();
    private List<Node> nodes = List.of();
    private NodesView chain;

    private int looks;
    private long toldLater = -1;

    /** The others answer when time passes. */
    private final HeadLook look = new HeadLook() {
        @Override
        public void hurry() {
            looks++;
        }

        @Override
        public boolean keepUp() {
            return false;
        }

        @Override
        public boolean isAsking() {
            return looks > 0;
        }
    };

    private View view = of(Pinning.WHEN_NODES_DIFFER, 100, 100, 100);

    private View of(Pinning pinning, long... heads) {
        nodes = IntStream.range(0, heads.length)
                .mapToObj(i -> new Node("n" + i, URI.create("http://n" + i), Tier.PRIMARY, 3))
                .toList();
        Nodes all = new Nodes(nodes);
        chain = new NodesView(all, clock.nanoTicker(), new Listeners(List.of()));
        for (int i = 0; i < heads.length; i++) {
            nodes.get(i).healthy(false, Duration.ZERO, clock.instant(), clock.nanos());
            chain.learned(nodes.get(i), heads[i]);
        }
        view = new View(
                this::below,
                this::batches,
                all,
                chain,
                pinning,
                new Patience(chain, look, this::pause, clock.nanoTicker()));
        return view;
    }

    private void pause(Duration time) {
        clock.advance(time);
        if (toldLater >= 0) {
            nodes.forEach(node -> chain.learned(node, toldLater));
        }
    }

    private CallOutcome below(RpcCall call, CallContext context) {
        asked.add(call.method().substring(4) + call.params() + " " + context.minHead());
        CallOutcome answer = answers.isEmpty() ? says(0, "\"0x1\"") : answers.remove();
        if (answer instanceof CallOutcome.Rejected rejected) {
            throw new RpcRejectedException(call.method(), rejected, false);
        }
        return answer;
    }

    private List<CallOutcome> batches(List<RpcCall> calls, CallContext context) {
        asked.add(calls.size() + " " + context.minHead());
        return List.of(says(2, "\"0x63\""), says(2, "null"), says(2, "\"0x9\""));
    }

    private static CallOutcome says(int node, String json) {
        return new CallOutcome.Answered(RpcResult.of(JSON.readTree(json), "n" + node, Duration.ZERO));
    }

    private static CallOutcome block(int node, long number) {
        return says(node, "{\"number\":\"0x" + Long.toHexString(number) + "\"}");
    }

    private static CallOutcome lacks(int node) {
        return new CallOutcome.Rejected(-32000, "header not found", null, "n" + node, ErrorClass.MISSING_DATA);
    }

    private RpcResult ask(CallContext context, String method, Object... params) throws InterruptedException {
        return LayeredCaller.result(method, view.call(RpcCall.of(method, params), context));
    }

    private RpcResult ask(String method, Object... params) throws InterruptedException {
        return ask(new CallContext(clock.nanos() + Duration.ofSeconds(10).toNanos(), -1), method, params);
    }

    @Test
    void callsPassUnchangedWhileTheNodesAgree() throws InterruptedException {
        ask("eth_chainId");
        ask("eth_call", Map.of(), "latest");
        ask("eth_getBalance", "0xa", "pending");
        ask("eth_getBalance", "0xa", "earliest");

        assertThat(asked)
                .containsExactly(
                        "chainId[] -1",
                        "call[{}, latest] 100",
                        "getBalance[0xa, pending] 100",
                        "getBalance[0xa, earliest] 100");
        assertThat(looks).isZero();
    }

    @Test
    void latestIsTheTipByNumberWhenNodesDifferAlsoWhereItIsLeftOut() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100, 101, 99);

        ask("eth_call", Map.of(), "latest");
        ask("eth_call", Map.of());
        ask("eth_getLogs", Map.of("address", "0xa"));
        ask("eth_getLogs", Map.of("fromBlock", "0x1", "toBlock", "latest"));
        ask("eth_getBalance", "0xa", "pending");
        ask("eth_estimateGas", Map.of());
        ask("eth_getBalance", "0xa", "0x10");

        assertThat(asked.subList(0, 2)).containsOnly("call[{}, 0x64] 100");
        assertThat(asked.get(2))
                .contains("address=0xa")
                .contains("fromBlock=0x64")
                .endsWith("toBlock=0x64}] 100");
        assertThat(asked.get(3))
                .contains("fromBlock=0x1")
                .contains("toBlock=0x64")
                .endsWith("100");
        assertThat(asked.subList(4, 7))
                .containsExactly("getBalance[0xa, pending] 100", "estimateGas[{}] 100", "getBalance[0xa, 0x10] 16");
    }

    @Test
    void headIsThatOfTheMajorityAndNeverGoesBack() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100, 100, 99);
        answers.add(says(1, "\"0x70\""));
        answers.add(says(2, "\"0x5\""));

        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(100);
        nodes.forEach(node -> chain.learned(node, 98));
        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(100);
    }

    @Test
    void headThatTheOthersHaveAsWellIsShownAtOnceAndOneThatTheyHaveNotIsNotWaitedForTwice()
            throws InterruptedException {
        toldLater = 103;
        answers.add(says(0, "\"0x67\""));
        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(103);

        long began = clock.nanos();
        IntStream.range(0, 9).forEach(i -> answers.add(says(0, "\"0x69\"")));
        for (int i = 0; i < 9; i++) {
            assertThat(ask("eth_blockNumber").asLong()).isEqualTo(103);
        }
        assertThat(Duration.ofNanos(clock.nanos() - began)).isLessThan(Duration.ofMillis(300));
        assertThat(looks).isEqualTo(2);
    }

    @Test
    void withoutPinningAllIsAsTheNodeSays() throws InterruptedException {
        of(Pinning.NEVER, 100, 120, 99);
        answers.add(says(0, "\"0x5\""));

        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(5);
        ask("eth_call", Map.of(), "latest");

        assertThat(asked).contains("call[{}, latest] -1").noneMatch(call -> call.contains("0x64"));
    }

    @Test
    void aSingleNodeIsNotPinnedBeforeItHasGoneBack() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100);
        ask("eth_call", Map.of(), "latest");
        clock.advance(Duration.ofSeconds(1));
        chain.learned(nodes.getFirst(), 101);
        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(101);
        clock.advance(Duration.ofSeconds(1));
        chain.learned(nodes.getFirst(), 98);
        ask("eth_call", Map.of(), "latest");

        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(101);
        assertThat(asked).startsWith("call[{}, latest] 100").contains("call[{}, 0x65] 101");
    }

    @Test
    void aSingleNodeIsPinnedForAMinuteAfterItHasGoneBackThoughItIsThereAgain() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100);
        clock.advance(Duration.ofSeconds(1));
        chain.learned(nodes.getFirst(), 98);
        chain.learned(nodes.getFirst(), 100);
        clock.advance(Duration.ofSeconds(59));
        ask("eth_call", Map.of(), "latest");
        clock.advance(Duration.ofSeconds(1));
        ask("eth_call", Map.of(), "latest");

        assertThat(asked).containsExactly("call[{}, 0x64] 100", "call[{}, latest] 100");
    }

    @Test
    void answersThatComeInAnotherOrderThanTheCallsDoNotMakeANodeGoBack() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100);
        chain.learned(nodes.getFirst(), 101);
        clock.advance(Duration.ofMillis(100));
        chain.learned(nodes.getFirst(), 100);
        chain.learned(nodes.getFirst(), 101);
        ask("eth_call", Map.of(), "latest");

        assertThat(asked).containsExactly("call[{}, latest] 101");
    }

    @Test
    void aSingleNodeThatStaysBelowWhatItHasShownIsBelievedAfterAMinute() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100);
        answers.add(says(0, "\"0x64\""));
        ask("eth_blockNumber");
        chain.learned(nodes.getFirst(), 60);
        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(100);
        clock.advance(Duration.ofSeconds(60));

        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(60);
    }

    @Test
    void blockThatIsOlderThanTheTipIsAskedForAgainByNumber() throws InterruptedException {
        answers.add(block(0, 95));
        answers.add(block(1, 100));

        assertThat(ask("eth_getBlockByNumber", "latest", false).node()).isEqualTo("n1");
        assertThat(asked).containsExactly("getBlockByNumber[latest, false] 100", "getBlockByNumber[0x64, false] 100");
    }

    @Test
    void blockThatMostNodesDoNotHaveIsNotShownAndTheHeadsAreLookedAt() throws InterruptedException {
        answers.add(block(0, 101));
        answers.add(block(1, 100));

        assertThat(number(ask("eth_getBlockByNumber", "latest", false))).isEqualTo(100);
        assertThat(looks).isPositive();
    }

    private static long number(RpcResult block) {
        return Long.decode(block.tree().path("number").asString());
    }

    @Test
    void finalizedBlockIsNeverOlderThanOneThatWasShown() throws InterruptedException {
        answers.add(block(0, 60));
        answers.add(block(1, 58));
        answers.add(block(2, 60));
        answers.add(block(2, 62));

        assertThat(number(ask("eth_getBlockByNumber", "finalized", false))).isEqualTo(60);
        assertThat(number(ask("eth_getBlockByNumber", "finalized", false))).isEqualTo(60);
        assertThat(number(ask("eth_getBlockByNumber", "finalized", false))).isEqualTo(62);
        assertThat(asked.get(2)).isEqualTo("getBlockByNumber[0x3c, false] 60");
    }

    @Test
    void finalizedIsPinnedWhereTheNodesHaveToldOfIt() throws InterruptedException {
        nodes.forEach(node -> chain.learnedFinalized(node, 64));

        ask("eth_call", Map.of(), "finalized");

        assertThat(asked).containsExactly("call[{}, 0x40] 64");
    }

    @Test
    void noReceiptIsBelievedOfANodeThatHasTheTip() throws InterruptedException {
        answers.add(says(0, "null"));

        assertThat(ask("eth_getTransactionReceipt", "0xab").isNull()).isTrue();
        assertThat(asked).hasSize(1);
    }

    @Test
    void noReceiptOfANodeThatIsBehindIsAskedOfOneOther() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100, 100, 99);
        answers.add(says(2, "null"));
        answers.add(says(2, "null"));

        assertThat(ask("eth_getTransactionReceipt", "0xab").isNull()).isTrue();
        assertThat(asked).hasSize(2);
    }

    @Test
    void receiptThatWasSeenIsAskedOfOthersAndMayVanishWithItsBlock() throws InterruptedException {
        String receipt = "{\"blockNumber\":\"0x64\"}";
        answers.add(says(0, receipt));
        answers.add(says(1, "null"));
        answers.add(says(2, receipt));

        assertThat(ask("eth_getTransactionReceipt", "0xab").isNull()).isFalse();
        assertThat(ask("eth_getTransactionReceipt", "0xab").node()).isEqualTo("n2");

        IntStream.range(0, 50).forEach(i -> answers.add(says(i % 3, "null")));
        assertThat(ask("eth_getTransactionReceipt", "0xab").isNull()).isTrue();
    }

    @Test
    void receiptInABlockThatOnlyItsNodeHasLiftsTheTip() throws InterruptedException {
        answers.add(says(0, "{\"blockNumber\":\"0x65\"}"));
        answers.add(says(0, "{\"blockNumber\":\"0x3e8\"}"));

        ask("eth_getTransactionReceipt", "0xab");
        ask("eth_getTransactionReceipt", "0xcd");

        assertThat(chain.tip()).as("not the one that is far above").isEqualTo(101);
    }

    @Test
    void blockThatWasShownIsWaitedForABlockTimeAtMost() throws InterruptedException {
        of(Pinning.ALWAYS, 100, 100, 99);
        answers.add(lacks(0));
        answers.add(lacks(1));
        answers.add(says(0, "\"0x7\""));
        assertThat(ask("eth_call", Map.of(), "latest").asLong()).isEqualTo(7);

        IntStream.range(0, 50).forEach(i -> answers.add(lacks(0)));
        long began = clock.nanos();
        assertThatThrownBy(() -> ask("eth_call", Map.of(), "latest")).isInstanceOf(RpcRejectedException.class);
        assertThat(Duration.ofNanos(clock.nanos() - began)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void callerWithAViewOfItsOwnHasItAsLatest() throws InterruptedException {
        CallContext own = new CallContext(clock.nanos() + 1_000_000_000, 102);

        ask(own, "eth_call", Map.of(), "latest");

        assertThat(asked).containsExactly("call[{}, 0x66] 102");
        assertThat(ask(own, "eth_blockNumber").asLong()).isEqualTo(102);
    }

    @Test
    void batchIsOfOneBlockAndWhatDoesNotHoldIsAskedAgainAlone() throws InterruptedException {
        of(Pinning.ALWAYS, 100, 100, 99);
        answers.add(block(1, 100));
        List<RpcCall> calls = List.of(
                RpcCall.of("eth_blockNumber"),
                RpcCall.of("eth_getBlockByNumber", "latest", false),
                RpcCall.of("eth_call", Map.of()));

        List<CallOutcome> outcomes = view.batch(calls, new CallContext(clock.nanos() + 1_000_000_000, -1));

        assertThat(LayeredCaller.result("", outcomes.get(0)).asLong()).isEqualTo(100);
        assertThat(number(LayeredCaller.result("", outcomes.get(1)))).isEqualTo(100);
        assertThat(LayeredCaller.result("", outcomes.get(2)).asLong()).isEqualTo(9);
        assertThat(asked).containsExactly("3 100", "getBlockByNumber[0x64, false] 100");
    }

    @Test
    void receiptsOfOneNodeLiftTheTipNoFurtherThanTheOthersMayLag() throws InterruptedException {
        for (long block = 101; block < 120; block++) {
            answers.add(says(0, "{\"blockNumber\":\"0x" + Long.toHexString(block) + "\"}"));
            ask("eth_getTransactionReceipt", "0x" + block);
        }

        assertThat(chain.tip()).isEqualTo(102);
    }

    @Test
    void headOfTheOnlyNodeThatIsFarTooNewIsAskedForOnceMore() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100);
        answers.add(says(0, "\"0xffffffff\""));
        toldLater = 101;
        assertThat(ask("eth_blockNumber").asLong()).isEqualTo(101);

        answers.add(says(0, "\"0x1000\""));
        toldLater = 0x1001;
        assertThat(ask("eth_blockNumber").asLong())
                .as("blocks were mined at once")
                .isEqualTo(0x1001);
    }
}
