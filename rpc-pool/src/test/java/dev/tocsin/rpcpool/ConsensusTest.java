package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.ScriptedTransport.fails;
import static dev.tocsin.rpcpool.ScriptedTransport.hangs;
import static dev.tocsin.rpcpool.ScriptedTransport.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsensusTest {

    private static final Agreement TWO_OF_THREE = Agreement.of(2, 3);
    private static final Duration QUARANTINE = Duration.ofSeconds(30);

    private final ScriptedTransport nodes = new ScriptedTransport();
    private final List<String> disputes = new ArrayList<>();

    private RpcPool open() throws InterruptedException {
        return nodes.open(
                RpcPool.builder().selection(SelectionStrategy.priority()).listener(listener()));
    }

    private RpcPoolListener listener() {
        return new RpcPoolListener() {
            @Override
            public void onDispute(String node, String method, boolean quarantined) {
                disputes.add(node + (quarantined ? " out" : ""));
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void oneOfThreeThatLiesIsNeverBelieved(int liar) throws InterruptedException {
        Random random = new Random(liar);
        for (int i = 0; i < 3; i++) {
            boolean lies = i == liar;
            nodes.node("n" + i, (call, cancellation) -> {
                String truth = String.valueOf(call.params().getFirst());
                return says("\"" + (lies ? "0xbad" + Integer.toHexString(random.nextInt(1 << 16)) : truth) + "\"")
                        .to(call, cancellation);
            });
        }
        try (RpcPool pool = open()) {
            RpcCaller caller = pool.agreeing(TWO_OF_THREE);
            for (int i = 0; i < 1_000; i++) {
                String truth = "0x" + Integer.toHexString(i);
                assertThat(caller.call("eth_call", truth).asText()).isEqualTo(truth);
                nodes.clock.advance(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void aHangingNodeIsNotWaitedForOnceTwoAgreeAndIsGivenUp() throws InterruptedException {
        CountDownLatch givenUp = new CountDownLatch(1);
        nodes.node("a", hangs(givenUp)).node("b", says("\"0x7\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = open()) {
            RpcResult result = pool.agreeing(TWO_OF_THREE).call("eth_call");

            assertThat(result.asText()).isEqualTo("0x7");
            assertThat(givenUp.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aFurtherNodeIsAskedForOneThatFails() throws InterruptedException {
        nodes.node("a", fails("down"))
                .node("b", says("\"0x7\""))
                .node("c", says("\"0x7\""))
                .node("d", says("\"0x7\""));
        try (RpcPool pool = open()) {
            assertThat(pool.agreeing(Agreement.of(2, 2)).call("eth_call").asText())
                    .isEqualTo("0x7");
            assertThat(nodes.asked).containsExactlyInAnyOrder("a", "b", "c");
        }
    }

    @Test
    void aFurtherNodeDecidesBetweenTwoThatDisagree() throws InterruptedException {
        nodes.node("a", says("\"0x6\"")).node("b", says("\"0x7\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = open()) {
            assertThat(pool.agreeing(Agreement.of(2, 2)).call("eth_call").asText())
                    .isEqualTo("0x7");
            assertThat(disputes).containsExactly("a");
        }
    }

    @Test
    void withoutAgreementEachNodesAnswerIsTold() throws InterruptedException {
        nodes.node("a", says("\"0x6\"")).node("b", says("\"0x7\"")).node("c", fails("down"));
        try (RpcPool pool = open()) {
            assertThatThrownBy(() -> pool.agreeing(TWO_OF_THREE).call("eth_call"))
                    .isInstanceOfSatisfying(
                            NoNodeException.class,
                            e -> assertThat(e.causes())
                                    .containsEntry("a", "answered \"0x6\"")
                                    .containsEntry("b", "answered \"0x7\"")
                                    .containsEntry("c", "down"))
                    .hasMessageStartingWith("no 2 of 3 nodes agreed on eth_call: ");
            assertThat(disputes).isEmpty();
        }
    }

    @Test
    void whatOnlySomeClientsTellAndTheCaseOfDigitsAreNoDispute() throws InterruptedException {
        nodes.node("a", says("[{\"address\":\"0xAB\",\"logIndex\":\"0x0\",\"blockTimestamp\":\"0x5\"}]"))
                .node("b", says("[{\"logIndex\":\"0x0\",\"address\":\"0xab\"}]"));
        try (RpcPool pool = open()) {
            assertThat(pool.agreeing(Agreement.of(2, 2))
                            .call("eth_getLogs")
                            .tree()
                            .size())
                    .isEqualTo(1);
        }
    }

    @Test
    void theHighestNonceThatTwoHaveReachedIsTaken() throws InterruptedException {
        nodes.node("a", says("\"0x6\"")).node("b", says("\"0x7\"")).node("c", says("\"0x8\""));
        try (RpcPool pool = open()) {
            assertThat(pool.agreeing(Agreement.of(2, 2))
                            .call("eth_getTransactionCount", "0xabc", "pending")
                            .asLong())
                    .isEqualTo(7);
            assertThat(disputes).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "eth_gasPrice, 0xffffffffffffffffffff",
        "eth_getTransactionCount, 0xffffffffffffffffffff",
        "eth_maxPriorityFeePerGas, 0xffffffffffffffffffff",
        "eth_estimateGas, 0xffffffffffffffffffff",
        "eth_gasPrice, 0x0",
        "eth_getTransactionCount, 0x0"
    })
    void oneOfThreeThatLiesOfNoncesAndFeesIsNotBelieved(String method, String lie) throws InterruptedException {
        nodes.node("liar", says("\"" + lie + "\"")).node("b", says("\"0x7\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = open()) {
            RpcCaller caller = pool.agreeing(TWO_OF_THREE);
            for (int i = 0; i < 1_000; i++) {
                assertThat(caller.call(method, "0x" + "1".repeat(40), "pending").asLong())
                        .isEqualTo(7);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"abc\"", "{}", "[]", "7"})
    void whatIsNoQuantityIsNoVoteOnFees(String nonsense) throws InterruptedException {
        nodes.node("a", says(nonsense)).node("b", says("\"0x7\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = open()) {
            for (int i = 0; i < 50; i++) {
                assertThat(pool.agreeing(TWO_OF_THREE).call("eth_gasPrice").asLong())
                        .isEqualTo(7);
            }
            assertThatThrownBy(() -> pool.agreeing(Agreement.of(3, 3)).call("eth_gasPrice"))
                    .isInstanceOfSatisfying(
                            NoNodeException.class,
                            e -> assertThat(e.causes())
                                    .containsEntry("a", "answered " + nonsense + ", which is no quantity")
                                    .containsEntry("b", "answered \"0x7\""));
        }
    }

    @Test
    void aNodeThatHangsKeepsTwoThatDifferOnAFeeNotWaiting() throws InterruptedException {
        nodes.node("a", hangs(new CountDownLatch(1))).node("b", says("\"0x6\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = open()) {
            assertThat(pool.agreeing(TWO_OF_THREE).call("eth_gasPrice").asLong())
                    .isEqualTo(6);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 3, 0x1000, 0x1001, 0x1002", "2, 2, 0x1000, 0x1001, 0x1001", "3, 3, 0x1002, 0x1001, 0x1001"})
    void honestNodesABlockApartAgreeOnTheHead(int agree, int of, String a, String b, String c)
            throws InterruptedException {
        List<FakeNode> all = new ArrayList<>();
        RpcPoolBuilder settings = RpcPool.builder().chain(1).listener(listener());
        for (String head : List.of(a, b, c)) {
            all.add(FakeNode.start().on("eth_blockNumber", new Reply.Result('"' + head + '"')));
            settings.primary(all.getLast().url());
        }
        try (RpcPool pool = settings.open()) {
            for (int i = 0; i < 10; i++) {
                assertThat(pool.agreeing(Agreement.of(agree, of))
                                .call("eth_blockNumber")
                                .asLong())
                        .isEqualTo(0x1001);
            }
            assertThat(disputes).isEmpty();
        } finally {
            all.forEach(FakeNode::close);
        }
    }

    @Test
    void nodesAgreeOnARevertWhateverTheirWords() throws InterruptedException {
        nodes.node(
                        "a",
                        (call, cancellation) -> new CallOutcome.Rejected(
                                3, "execution reverted", null, "a", ErrorClass.EXECUTION_REVERTED))
                .node(
                        "b",
                        (call, cancellation) -> new CallOutcome.Rejected(
                                -32000, "VM execution error", null, "b", ErrorClass.EXECUTION_REVERTED));
        try (RpcPool pool = open()) {
            assertThatThrownBy(() -> pool.agreeing(Agreement.of(2, 2)).call("eth_call"))
                    .isInstanceOfSatisfying(
                            RpcRejectedException.class,
                            e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.EXECUTION_REVERTED));
        }
    }

    @Test
    void outvotedThreeTimesInARowANodeIsLeftOutForAWhileAndThenComesBack() throws InterruptedException {
        nodes.node("a", says("\"0xbad\"")).node("b", says("\"0x7\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = open()) {
            RpcCaller caller = pool.agreeing(TWO_OF_THREE);
            while (disputes.size() < 3) { // two may agree before the third has spoken
                caller.call("eth_call");
            }
            assertThat(disputes).containsExactly("a", "a", "a out");

            nodes.asked.clear();
            pool.call("eth_call");
            assertThat(nodes.asked).containsExactly("b");

            nodes.clock.advance(QUARANTINE);
            nodes.asked.clear();
            pool.call("eth_call");
            assertThat(nodes.asked).containsExactly("a");
        }
    }

    @Test
    void allCallsOfABatchAreOfOneBlockAlsoIfTheNextComesMeanwhile() throws InterruptedException {
        AtomicReference<RpcPool> opened = new AtomicReference<>();
        ScriptedTransport.Answer saysItsBlock = (call, cancellation) -> {
            RpcPool pool = opened.get();
            pool.nodes.all().forEach(node -> pool.view.learned(node, 2));
            return says('"' + call.params().get(1).toString() + '"').to(call, cancellation);
        };
        nodes.node("a", saysItsBlock).node("b", saysItsBlock);
        try (RpcPool pool = open()) {
            opened.set(pool);
            RpcCall balance = RpcCall.of("eth_getBalance", "0x1", "latest");

            List<CallOutcome> outcomes = pool.agreeing(Agreement.of(2, 2)).batch(List.of(balance, balance));

            assertThat(outcomes)
                    .extracting(
                            outcome -> ((CallOutcome.Answered) outcome).result().asText())
                    .containsExactly("0x1", "0x1");
            assertThat(pool.status().head()).hasValue(2);
            assertThat(pool.agreeing(Agreement.of(2, 2)).batch(List.of())).isEmpty();
        }
    }

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException, IOException {
        nodes.node("a", says("\"0x7\"")).node("b", says("\"0x7\"")).node("c", says("\"0x8\""));
        String address = "0x1";
        try (RpcPool pool = nodes.open()) {
            // @start region="readme-agreeing"
            RpcCaller sure = pool.agreeing(Agreement.of(2, 3)); // three are asked, two must say the same
            BigInteger balance =
                    sure.call("eth_getBalance", address, "finalized").asQuantity();
            // @end
            assertThat(balance).isEqualTo(7);
        }
        String source = Files.readString(Path.of("src/test/java/dev/tocsin/rpcpool/ConsensusTest.java"));
        int start = source.indexOf('\n', source.indexOf("@start region=\"readme-agreeing\"")) + 1;
        String code = source.substring(start, source.lastIndexOf('\n', source.indexOf("// @end")))
                .stripIndent()
                .strip();
        assertThat(Files.readString(Path.of("README.md"))).contains(code);
    }

    @Test
    void whatChangesSomethingIsRefused() throws InterruptedException {
        nodes.node("a", says("\"0x6\"")).node("b", says("\"0x7\""));
        try (RpcPool pool = open()) {
            assertThatThrownBy(() -> pool.agreeing(Agreement.of(2, 2)).call("eth_sendRawTransaction", "0x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("eth_sendRawTransaction changes something");
            assertThat(nodes.asked).isEmpty();
        }
    }

    @Test
    void anAgreementNeedsTwoAndNoMoreThanAreAsked() {
        assertThatThrownBy(() -> Agreement.of(1, 3)).hasMessage("agree must be at least 2, was 1");
        assertThatThrownBy(() -> Agreement.of(3, 2)).hasMessage("of must be at least agree, which is 3, was 2");
    }
}
