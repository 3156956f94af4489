package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is known of clients and providers is where the learning of methods begins; in virtual time. */
class HintedMethodsTest {

    private static final String TRACE = "trace_block";

    private final LackingNodes nodes = new LackingNodes(7);

    /** A first, of which a row says that it has no traces; then b. */
    private RpcPool pool() throws InterruptedException {
        nodes.settings.selection(SelectionStrategy.priority()).methodHints("host:a\t\t\tno\ttrace_*\ttold");
        return nodes.node("b", LackingNodes.nothing()).open();
    }

    private static Exclusion against(RpcPool pool, String node) {
        return pool.explain(TRACE, "0x1").nodes().stream()
                .filter(choice -> choice.node().name().equals(node))
                .findFirst()
                .flatMap(Explanation.Choice::against)
                .orElse(null);
    }

    @Test
    void nodeIsNotAskedForWhatItsKindDoesNotOfferAndExplainSaysSo() throws InterruptedException {
        nodes.node("a", LackingNodes.method(TRACE, ErrorClass.METHOD_UNSUPPORTED));
        try (RpcPool pool = pool()) {
            assertThat(against(pool, "a")).isEqualTo(Exclusion.METHOD_UNLIKELY);
            assertThat(pool.explain(TRACE, "0x1").toString()).contains(Exclusion.METHOD_UNLIKELY.words());
            assertThat(pool.call(TRACE, "0x1").node()).isEqualTo("b");
            assertThat(nodes.asked("a")).isZero();
            assertThat(pool.call("eth_gasPrice").node()).isEqualTo("a");
            pool.batch(List.of(RpcCall.of("eth_gasPrice"), RpcCall.of(TRACE, "0x1")));
            assertThat(nodes.asked).contains("b batch").doesNotContain("a batch");
        }
    }

    @Test
    void afterTenMinutesOneCallTriesAndWhatItSaysCounts() throws InterruptedException {
        nodes.node("a", LackingNodes.method(TRACE, ErrorClass.METHOD_UNSUPPORTED));
        try (RpcPool pool = pool()) {
            pool.call(TRACE, "0x1");
            nodes.pass(Duration.ofMinutes(10));

            for (int i = 0; i < 20; i++) {
                pool.call(TRACE, "0x1");
            }

            assertThat(nodes.asked("a")).isEqualTo(1);
            assertThat(against(pool, "a")).isEqualTo(Exclusion.METHOD_UNSUPPORTED);
        }
    }

    @Test
    void nodeThatServesItAllTheSameIsNeverTakenForOneThatDoesNot() throws InterruptedException {
        nodes.node("a", LackingNodes.nothing());
        try (RpcPool pool = pool()) {
            pool.cordon("b"); // the last that is left is asked
            assertThat(pool.call(TRACE, "0x1").node()).isEqualTo("a");
            pool.uncordon("b");

            assertThat(against(pool, "a")).isNull();
            assertThat(pool.call(TRACE, "0x1").node()).isEqualTo("a");
        }
    }

    @Test
    void whereAllAreOfThatKindTheyAreAsked() throws InterruptedException {
        nodes.settings.methodHints("host:b\t\t\tno\ttrace_*\ttold");
        nodes.node("a", LackingNodes.method(TRACE, ErrorClass.METHOD_UNSUPPORTED));
        try (RpcPool pool = pool()) {
            assertThat(pool.call(TRACE, "0x1").node()).isEqualTo("b");

            assertThat(nodes.asked("a")).isEqualTo(1);
        }
    }

    @Test
    void whatNobodyOffersIsRefusedAsTheNodesSay() throws InterruptedException {
        nodes.node("a", LackingNodes.method(TRACE, ErrorClass.METHOD_UNSUPPORTED));
        try (RpcPool pool = pool()) {
            pool.removeNode("b");

            assertThatThrownBy(() -> pool.call(TRACE, "0x1")).isInstanceOf(RpcRejectedException.class);
        }
    }
}
