package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import dev.tocsin.rpcpool.internal.call.CallContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the view makes of calls and answers. */
class ViewTest extends ViewFixture {

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
    void safeBlockThatOneNodeMadeUpIsGivenUpAfterAMinute() throws InterruptedException {
        answers.add(block(0, 99));
        assertThat(number(ask("eth_getBlockByNumber", "safe", false))).isEqualTo(99);
        answers.add(block(1, 60));
        answers.add(block(2, 99));
        assertThat(number(ask("eth_getBlockByNumber", "safe", false))).isEqualTo(99);
        clock.advance(Duration.ofMinutes(1));
        answers.add(block(1, 60));

        assertThat(number(ask("eth_getBlockByNumber", "safe", false))).isEqualTo(60);
    }

    @Test
    void finalizedIsPinnedWhereTheNodesHaveToldOfIt() throws InterruptedException {
        nodes.forEach(node -> chain.learnedFinalized(node, 64));

        ask("eth_call", Map.of(), "finalized");

        assertThat(asked).containsExactly("call[{}, 0x40] 64");
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
