package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.LackingNodes.Lack;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CapabilitiesTest {

    private static final String METHOD = "debug_traceTransaction";
    private static final Lack LACKS_METHOD = LackingNodes.method(METHOD, ErrorClass.METHOD_UNSUPPORTED);

    private final LackingNodes nodes = new LackingNodes(7);

    private RpcPool pool(Lack first, Lack second) throws InterruptedException {
        nodes.settings.selection(SelectionStrategy.priority());
        return nodes.node("a", first).node("b", second).open();
    }

    private void call(RpcPool pool, int times, Duration pause) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            pool.call(METHOD, "0x1");
            nodes.pass(pause);
        }
    }

    @Test
    void aNodeThatDoesNotOfferAMethodIsAskedForItOnceInTenMinutes() throws InterruptedException {
        try (RpcPool pool = pool(LACKS_METHOD, LackingNodes.nothing())) {
            call(pool, 599, Duration.ofSeconds(1));
            assertThat(nodes.asked("a")).isEqualTo(1);

            call(pool, 60, Duration.ofSeconds(1));

            assertThat(nodes.asked("a")).isEqualTo(1);
        }
    }

    @Test
    void itIsAskedMoreRarelyTheOftenerItSaysSoButOnceAnHourAtLeast() throws InterruptedException {
        try (RpcPool pool = pool(LACKS_METHOD, LackingNodes.nothing())) {
            for (int minutes : new int[] {10, 20, 40, 60, 60, 60}) {
                call(pool, minutes * 6, Duration.ofSeconds(10));
                assertThat(nodes.asked("a")).as("in %d min", minutes).isEqualTo(1);
            }
        }
    }

    @Test
    void itIsAskedForOtherMethods() throws InterruptedException {
        try (RpcPool pool = pool(LACKS_METHOD, LackingNodes.nothing())) {
            call(pool, 1, Duration.ZERO);

            assertThat(pool.call("eth_gasPrice").node()).isEqualTo("a");
        }
    }

    @Test
    void itIsUsedAgainOnceItOffersTheMethod() throws InterruptedException {
        try (RpcPool pool = pool(LACKS_METHOD, LackingNodes.nothing())) {
            call(pool, 1, Duration.ofMinutes(10));
            nodes.node("a", LackingNodes.nothing());

            assertThat(pool.call(METHOD, "0x1").node()).isEqualTo("a");
            assertThat(pool.call(METHOD, "0x1").node()).isEqualTo("a");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorClass.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"METHOD_UNSUPPORTED", "PLAN_RESTRICTED"})
    void noOtherErrorBansWhateverItsText(ErrorClass error) throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.method(METHOD, error), LackingNodes.method(METHOD, error))) {
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> pool.call(METHOD, "0x1"))
                        .isInstanceOf(RpcRejectedException.class)
                        .hasMessageContaining("not supported");
            }
            nodes.node("a", LackingNodes.nothing());

            assertThat(pool.call(METHOD, "0x1").node()).isEqualTo("a");
        }
    }

    @Test
    void aRateLimitOnLogsBansNothing() throws InterruptedException {
        Map<String, String> filter = Map.of("fromBlock", "0x1", "toBlock", "0x1");
        try (TwoNodes nodes = new TwoNodes()) {
            nodes.first.on("eth_getLogs", new FakeNode.Reply.Error(-32005, "rate limit exceeded"));
            nodes.other.on("eth_getLogs", new FakeNode.Reply.Result("[]"));
            nodes.pool.call("eth_getLogs", filter);

            assertThat(nodes.pool.explain("eth_getLogs", filter).nodes())
                    .extracting(Explanation.Choice::against)
                    .contains(Optional.of(Exclusion.LIMITED))
                    .doesNotContain(Optional.of(Exclusion.METHOD_UNSUPPORTED));
        }
    }

    @Test
    void aMethodThatANodeHasServedIsBannedOnlyAfterThreeRefusalsInARow() throws InterruptedException {
        try (RpcPool pool = pool(LackingNodes.nothing(), LackingNodes.nothing())) {
            call(pool, 1, Duration.ZERO);
            nodes.node("a", LACKS_METHOD);
            call(pool, 2, Duration.ZERO);
            nodes.node("a", LackingNodes.nothing());
            call(pool, 1, Duration.ZERO);
            nodes.asked("a");
            nodes.node("a", LACKS_METHOD);

            call(pool, 50, Duration.ofSeconds(1));

            assertThat(nodes.asked("a")).isEqualTo(3);
        }
    }

    @Test
    void whereNobodyOffersAMethodTheCallerSeesTheRefusal() throws InterruptedException {
        try (RpcPool pool = pool(LACKS_METHOD, LACKS_METHOD)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> pool.call(METHOD, "0x1"))
                        .isInstanceOfSatisfying(
                                RpcRejectedException.class,
                                e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.METHOD_UNSUPPORTED));
            }
        }
    }

    @Test
    void aPlanWithoutOldStatesKeepsOnlyOldOnesAway() throws InterruptedException {
        Lack plan =
                (call, head) -> LackingNodes.deeperThan(128).of(call, head) == null ? null : ErrorClass.PLAN_RESTRICTED;
        try (RpcPool pool = pool(plan, LackingNodes.nothing())) {
            assertThat(nodes.balance(pool, 1000)).isEqualTo("b");
            assertThat(nodes.balance(pool, 500_000)).isEqualTo("b");
            assertThat(nodes.balance(pool, 100)).isEqualTo("a");
            assertThat(nodes.balance(pool, 1000)).isEqualTo("b");

            assertThat(nodes.asked("a")).isEqualTo(2);
        }
    }

    @Test
    void aBatchTeachesOfEachOfItsCalls() throws InterruptedException {
        List<RpcCall> calls = List.of(RpcCall.of("eth_gasPrice"), RpcCall.of(METHOD, "0x1"));
        try (RpcPool pool = pool(LACKS_METHOD, LackingNodes.nothing())) {
            pool.batch(calls);
            pool.batch(calls);
            call(pool, 1, Duration.ZERO);
            assertThat(nodes.asked("a")).isEqualTo(1);

            assertThat(pool.call("eth_gasPrice").node()).isEqualTo("a");
        }
    }

    @Test
    void methodsThatNobodyKnowsDoNotFillTheMemory() throws InterruptedException {
        try (RpcPool pool = pool(
                (call, head) -> call.method().startsWith("x_") ? ErrorClass.METHOD_UNSUPPORTED : null,
                LackingNodes.nothing())) {
            for (int i = 0; i < 2000; i++) {
                pool.call("x_" + i);
            }
            nodes.asked("a");

            for (int i = 0; i < 2000; i++) {
                pool.call("x_" + i);
            }

            assertThat(nodes.asked("a")).isGreaterThanOrEqualTo(2000 - 256);
        }
    }

    @Test
    void aMethodThatIsForbiddenCountsNotAgainstTheNode() throws InterruptedException {
        String forbidden =
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":\"rpc method is not whitelisted\"}}";
        try (FakeNode strict = FakeNode.start();
                FakeNode open = FakeNode.start().on(METHOD, new FakeNode.Reply.Result("\"0x7\""));
                RpcPool pool = RpcPool.builder()
                        .primary(strict.url(), open.url())
                        .selection(SelectionStrategy.priority())
                        .hedges(0)
                        .open()) {
            strict.on(METHOD, new FakeNode.Reply.Body(403, forbidden));
            for (int i = 0; i < 10; i++) {
                assertThat(pool.call(METHOD, "0x1").node()).isEqualTo(open.name());
            }

            assertThat(strict.asked(METHOD)).isEqualTo(1);
            assertThat(pool.call("eth_blockNumber").node()).isEqualTo(strict.name());
        }
    }

    /** What the node said is read as a node's real answer is: by the table, from the wire. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":3,\"message\":\"execution reverted: not supported\",\"data\":\"0x08c379a0\"}",
                "{\"code\":3,\"message\":\"execution reverted: method not found\",\"data\":\"0x\"}",
                "{\"code\":-32000,\"message\":\"execution reverted: the method is not supported\"}",
                "{\"code\":-32000,\"message\":\"VM Exception while processing transaction: revert method not found\"}",
                "{\"code\":-32015,\"message\":\"VM execution error.\",\"data\":\"Reverted 0x6d6574686f64206e6f7420666f756e64\"}",
            })
    void aRevertWhoseTextSaysNotSupportedBansNothing(String error) throws InterruptedException {
        try (FakeNode node = FakeNode.start();
                FakeNode other = FakeNode.start();
                RpcPool pool = RpcPool.builder()
                        .primary(node.url(), other.url())
                        .selection(SelectionStrategy.priority())
                        .hedges(0)
                        .open()) {
            node.on(
                    "eth_call",
                    new FakeNode.Reply.Body(200, "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":" + error + "}"));
            other.on("eth_call", new FakeNode.Reply.Result("\"0x7\""));
            for (int i = 0; i < 20; i++) {
                Object param = i;
                assertThatThrownBy(() -> pool.call("eth_call", param, "0x1"))
                        .isInstanceOfSatisfying(
                                RpcRejectedException.class,
                                e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.EXECUTION_REVERTED));
            }
            assertThat(pool.explain("eth_call", 0, "0x1").nodes().getFirst().against())
                    .isEmpty();
            node.on("eth_call", new FakeNode.Reply.Result("\"0x8\""));

            assertThat(pool.call("eth_call", 0, "0x1").node()).isEqualTo(node.name());
            assertThat(other.asked("eth_call")).isZero();
        }
    }
}
