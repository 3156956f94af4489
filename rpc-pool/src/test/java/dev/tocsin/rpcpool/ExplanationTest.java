package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.ScriptedTransport.fails;
import static dev.tocsin.rpcpool.ScriptedTransport.says;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tocsin.rpcpool.Explanation.Choice;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExplanationTest {

    private final ScriptedTransport nodes = new ScriptedTransport();

    @Test
    void theNodeThatIsAskedComesFirstAndTheOthersSayWhyNot() throws InterruptedException {
        nodes.node("a", fails("refused")).node("b", says("\"0x7\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = nodes.open()) {
            for (int i = 0; i < 10; i++) {
                pool.call("eth_call");
            }
            pool.cordon("b");

            Explanation why = pool.explain("eth_call");

            assertThat(why.nodes()).extracting(choice -> choice.node().name()).containsExactly("c", "a", "b");
            assertThat(why.nodes())
                    .extracting(Choice::against)
                    .containsExactly(
                            Optional.empty(), Optional.of(Exclusion.UNHEALTHY), Optional.of(Exclusion.CORDONED));
            assertThat(why.toString())
                    .startsWith("eth_call, of nodes that have block 1\n  c (primary, head 1, ")
                    .contains("\n  a failed too often in a row: refused [UNHEALTHY] (")
                    .contains("\n  b was taken out of use [CORDONED] (");
        }
    }

    private static void tellHead(RpcPool pool, String name, long head) {
        pool.view.learned(requireNonNull(pool.nodes.named(name)), head);
    }

    @Test
    void whenNodesDifferItIsOfTheBlockThatTheCallIsPinnedTo() throws InterruptedException {
        nodes.onHead(() -> "0x5");
        nodes.node("a", says("\"0x7\"")).node("b", says("\"0x7\"")).node("c", says("\"0x7\""));
        try (RpcPool pool = nodes.open()) {
            tellHead(pool, "a", 3);

            Explanation why = pool.explain("eth_getBalance", "0x1", "latest");
            pool.call("eth_getBalance", "0x1", "latest");

            assertThat(why.pinned()).hasValue(5);
            assertThat(why.minHead()).hasValue(5);
            assertThat(why.toString())
                    .startsWith(
                            "eth_getBalance at block 5, of nodes that have block 5, and c if the first is late\n  b (");
            assertThat(why.nodes())
                    .extracting(choice -> choice.node().name() + " " + choice.against())
                    .containsExactly("b Optional.empty", "c Optional.empty", "a Optional[LACKS_BLOCK]");
            assertThat(nodes.asked).containsExactly("b");
            assertThat(pool.explain("eth_getBalance", "0x1", "0x2").pinned()).isEmpty();
        }
    }

    @Test
    void anAnswerThatIsKeptIsToldOf() throws InterruptedException {
        nodes.node("a", says("\"0x7\"")).node("b", says("\"0x7\""));
        try (RpcPool pool = nodes.open(RpcPool.builder().cache(1_000_000))) {
            assertThat(pool.explain("eth_chainId").isRemembered()).isFalse();
            pool.call("eth_chainId");

            assertThat(pool.explain("eth_chainId").isRemembered()).isTrue();
            assertThat(pool.explain("eth_chainId").toString()).startsWith("eth_chainId, answered from memory");
            assertThat(pool.explain("eth_chainId").hedge()).isEmpty();
            assertThat(pool.explain("eth_gasPrice").isRemembered()).isFalse();
            assertThat(pool.explain("eth_gasPrice").hedge()).isPresent();
            assertThat(pool.explain("eth_call", new Object()).isRemembered()).isFalse();
        }
    }

    @Test
    void nobodyIsAskedAsWellForWhatChangesSomethingOrWithoutHedges() throws InterruptedException {
        nodes.node("a", says("\"0x7\"")).node("b", says("\"0x7\""));
        try (RpcPool pool = nodes.open()) {
            assertThat(pool.explain("eth_gasPrice").hedge()).contains("b");
            assertThat(pool.explain("eth_sendTransaction", "0x1").hedge()).isEmpty();
            pool.cordon("b");
            assertThat(pool.explain("eth_gasPrice").hedge()).isEmpty();
        }
        ScriptedTransport again =
                new ScriptedTransport().node("a", says("\"0x7\"")).node("b", says("\"0x7\""));
        try (RpcPool pool = again.open(RpcPool.builder().hedges(0))) {
            assertThat(pool.explain("eth_gasPrice").hedge()).isEmpty();
        }
    }

    @Test
    void explainIsNoUseOfThePoolThatKeepsHeadPollsGoing() throws InterruptedException {
        SimulatedChain chain = new SimulatedChain(Duration.ofSeconds(2));
        SimulatedChain.SimulatedNode a = chain.node("a");
        chain.node("b");
        RpcPoolBuilder settings = chain.settings().healthCheckEvery(Duration.ofHours(1));
        try (RpcPool pool = settings.headPollEvery(Duration.ofSeconds(1)).open()) {
            chain.pass(Duration.ofMinutes(1));
            int before = a.asked("eth_blockNumber");

            pool.explain("eth_gasPrice");
            chain.pass(Duration.ofSeconds(5));
            assertThat(a.asked("eth_blockNumber")).isEqualTo(before);

            pool.call("eth_gasPrice");
            chain.pass(Duration.ofSeconds(5));
            assertThat(a.asked("eth_blockNumber")).isGreaterThan(before);
        }
    }

    @Test
    void aMethodMustBeNamed() throws InterruptedException {
        nodes.node("a", says("\"0x7\""));
        try (RpcPool pool = nodes.open()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.explain(" "))
                    .withMessage("method must not be blank");
        }
    }

    @Test
    void aNodeThatIsNewSaysSoAndThatItHasServedNothing() throws InterruptedException {
        nodes.node("a", says("\"0x7\""));
        try (RpcPool pool = nodes.open()) {
            pool.addNode(Tier.PRIMARY, "http://new/K3Y");

            assertThat(pool.explain("eth_gasPrice").nodes().getLast().toString())
                    .isEqualTo(
                            "new has not passed a check yet [UNCHECKED] (primary, head unknown, no answer yet, 0 in flight)");
        }
    }

    @Test
    void sendOnlyNodesAreToldOfForTransactionsAlone() throws InterruptedException {
        nodes.node("a", says("\"0x7\""));
        try (RpcPool pool = nodes.open(RpcPool.builder().sendOnly("http://builder"))) {
            assertThat(pool.explain("eth_sendRawTransaction", "0x1").nodes())
                    .extracting(choice -> choice.node().name())
                    .containsExactly("a", "builder");
            assertThat(pool.explain("eth_gasPrice").nodes()).hasSize(1);
        }
    }

    @Test
    void explainAsksNobody() throws InterruptedException {
        nodes.node("a", says("\"0x7\""));
        try (RpcPool pool = nodes.open()) {
            pool.explain("eth_getLogs", "anything");

            assertThat(nodes.asked).isEmpty();
        }
    }

    @Test
    void theStatusIsShownInTheSameLinesAndKnowsNodesByName() throws InterruptedException {
        nodes.node("a", says("\"0x7\"")).node("b", says("\"0x7\""));
        try (RpcPool pool = nodes.open(RpcPool.builder().sendOnly("http://builder"))) {
            pool.cordon("b");

            PoolStatus status = pool.status();

            assertThat(status.toString().lines())
                    .satisfiesExactly(
                            line -> assertThat(line).isEqualTo("chain 1, head 1, 2 of 2 healthy"),
                            line -> assertThat(line)
                                    .matches("  a \\(primary, head 1, .* ms, 0 in flight, 100 % served\\)"),
                            line -> assertThat(line).startsWith("  b was taken out of use [CORDONED] (primary, "),
                            line -> assertThat(line).startsWith("  builder ").contains("(send_only, "));
            assertThat(status.node("b"))
                    .hasValueSatisfying(node -> assertThat(node.isCordoned()).isTrue());
            assertThat(status.node("c")).isEmpty();
        }
    }
}
