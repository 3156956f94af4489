package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.ScriptedTransport.fails;
import static dev.tocsin.rpcpool.ScriptedTransport.says;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.Explanation.Choice;
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

            assertThat(why.nodes()).extracting(Choice::node).containsExactly("c", "a", "b");
            assertThat(why.nodes())
                    .extracting(Choice::against)
                    .containsExactly(
                            Optional.empty(), Optional.of(Exclusion.UNHEALTHY), Optional.of(Exclusion.CORDONED));
            assertThat(why.toString())
                    .startsWith("eth_call\n  c (primary, head 1, ")
                    .contains("\n  a has not answered a check yet, or failed too often in a row: refused [UNHEALTHY] (")
                    .contains("\n  b was taken out of use [CORDONED] (");
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
}
