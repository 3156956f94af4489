package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailoverTest {

    private static final String METHOD = "eth_gasPrice";
    private static final Reply GOOD = new Reply.Result("\"0x7\"");

    private final FakeNode bad = FakeNode.start();
    private final FakeNode good = FakeNode.start().on(METHOD, GOOD).on("eth_sendRawTransaction", GOOD);
    private final RecordingListener listener = new RecordingListener();
    private final List<Integer> batches = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        bad.close();
        good.close();
    }

    /** The bad node is always asked first: the good one is a fallback. */
    private RpcPoolBuilder pool() {
        return RpcPool.builder()
                .primary(bad.url())
                .fallback(good.url())
                .callTimeout(Duration.ofSeconds(2))
                .retryDelay(Duration.ofMillis(5))
                .unhealthyAfter(1000)
                .hedges(0)
                .healthCheckEvery(Duration.ofMinutes(10))
                .listener(listener);
    }

    static Stream<Reply> faultsOfTheNode() {
        return Stream.of(
                new Reply.Reset(),
                new Reply.Stall(),
                new Reply.StallInBody(),
                new Reply.Body(429, "slow down"),
                new Reply.Body(429, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32600,\"message\":\"quota\"}}"),
                new Reply.Body(401, "{\"error\":{\"code\":-32600,\"message\":\"Must be authenticated!\"}}"),
                new Reply.Body(200, "<html><body>Welcome</body></html>"),
                new Reply.Body(200, ""),
                new Reply.Body(200, "[]"),
                new Reply.Body(200, "{}"),
                new Reply.Body(200, "null"),
                new Reply.Body(200, "{\"jsonrpc\":\"2.0\",\"id\":999999,\"result\":\"0x8\"}"),
                new Reply.Body(301, ""),
                new Reply.Body(500, "Internal Server Error"),
                new Reply.Body(
                        503, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"overloaded\"}}"),
                new Reply.Body(200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":\"no backend\"}"),
                new Reply.Error(-32005, "daily limit reached"),
                new Reply.Error(-32603, "internal error"),
                new Reply.Error(-32000, "header not found"),
                new Reply.Error(-32601, "the method does not exist"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheNode")
    void anotherNodeServesWhatOneCannot(Reply fault) throws InterruptedException {
        bad.on(METHOD, fault);
        try (RpcPool pool = pool().open()) {

            RpcResult result = pool.call(METHOD);

            assertThat(result.asLong()).isEqualTo(7);
            assertThat(result.node()).isEqualTo(good.name());
            assertThat(bad.asked(METHOD)).isEqualTo(1);
            assertThat(listener.of("failover")).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheNode")
    void anotherNodeServesTheBatchThatOneCannot(Reply fault) throws InterruptedException {
        bad.on(METHOD, fault);
        try (RpcPool pool = pool().open()) {

            List<CallOutcome> outcomes = pool.batch(List.of(RpcCall.of(METHOD), RpcCall.of("eth_blockNumber")));

            assertThat(outcomes)
                    .hasSize(2)
                    .allSatisfy(outcome -> assertThat(answer(outcome).node()).isEqualTo(good.name()));
            assertThat(answer(outcomes.getFirst()).asLong()).isEqualTo(7);
        }
    }

    @Test
    void aNodeThatIsGoneCostsNoError() throws InterruptedException {
        try (RpcPool pool = pool().open()) {
            bad.stop();

            assertThat(pool.call(METHOD).node()).isEqualTo(good.name());
            assertThat(listener.of("failover").getFirst()).contains("failover " + METHOD + " " + bad.name());
        }
    }

    static Stream<Reply> faultsOfTheCall() {
        return Stream.of(
                new Reply.Error(3, "execution reverted: rate limit timed out"),
                new Reply.Error(-32000, "execution reverted: header not found"),
                new Reply.Error(-32602, "invalid argument 0: hex string has odd length"),
                new Reply.Error(-32000, "nonce too low: next nonce 5, tx nonce 4"),
                new Reply.Error(-32000, "already known"),
                new Reply.Error(-32000, "insufficient funds for gas * price + value"),
                new Reply.Body(
                        500,
                        "{\"id\":null,\"error\":{\"code\":3,\"message\":\"execution reverted\",\"data\":\"0x08c3\"}}"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheCall")
    void callAtFaultIsNeverRetried(Reply fault) throws InterruptedException {
        bad.on(METHOD, fault);
        try (RpcPool pool = pool().open()) {

            assertThatThrownBy(() -> pool.call(METHOD)).isInstanceOf(RpcRejectedException.class);

            assertThat(bad.asked(METHOD)).isEqualTo(1);
            assertThat(good.asked(METHOD)).isZero();
        }
    }

    @Test
    void rejectionCarriesCodeDataAndNode() throws InterruptedException {
        bad.on(
                METHOD,
                request -> new Reply.Body(
                        200,
                        "{\"id\":" + request.path("id")
                                + ",\"error\":{\"code\":3,\"message\":\"execution reverted\",\"data\":\"0x08\"}}"));
        try (RpcPool pool = pool().open()) {
            assertThatThrownBy(() -> pool.call(METHOD)).isInstanceOfSatisfying(RpcRejectedException.class, e -> {
                assertThat(e.code()).isEqualTo(3);
                assertThat(e.data()).isEqualTo("0x08");
                assertThat(e.node()).isEqualTo(bad.name());
            });
        }
    }

    @Test
    void refusalByEveryNodeIsARejection() throws InterruptedException {
        bad.on(METHOD, new Reply.Error(-32601, "no such method"));
        good.on(METHOD, new Reply.Error(-32601, "unknown method"));
        try (RpcPool pool = pool().attempts(2).open()) {
            assertThatThrownBy(() -> pool.call(METHOD))
                    .isInstanceOfSatisfying(
                            RpcRejectedException.class,
                            e -> assertThat(e.code()).isEqualTo(-32601));
        }
    }

    @Test
    void refusalByOneAndSilenceOfTheOtherNamesBoth() throws InterruptedException {
        bad.on(METHOD, new Reply.Error(-32000, "header not found"));
        good.on(METHOD, new Reply.Body(502, "bad gateway"));
        try (RpcPool pool = pool().attempts(2).open()) {
            assertThatThrownBy(() -> pool.call(METHOD))
                    .isInstanceOfSatisfying(
                            NoNodeException.class,
                            e -> assertThat(e.causes())
                                    .containsExactly(
                                            Map.entry(bad.name(), "header not found (code -32000)"),
                                            Map.entry(good.name(), "HTTP 502")));
        }
    }

    @Test
    void nullResultIsAnAnswer() throws InterruptedException {
        bad.on(METHOD, new Reply.Result("null"));
        try (RpcPool pool = pool().open()) {

            RpcResult result = pool.call(METHOD);

            assertThat(result.isNull()).isTrue();
            assertThat(result.json()).isEqualTo("null");
            assertThatThrownBy(result::asLong).isInstanceOf(RpcException.class);
            assertThat(good.asked(METHOD)).isZero();
        }
    }

    @Test
    void batchOutOfOrderIsMatchedById() throws InterruptedException {
        bad.on(METHOD, GOOD).on("eth_x", new Reply.Error(3, "execution reverted"));
        bad.onBatch(request -> new Reply.Body(200, bad.items(request).reversed().toString()));
        try (RpcPool pool = pool().open()) {

            List<CallOutcome> outcomes =
                    pool.batch(List.of(RpcCall.of(METHOD), RpcCall.of("eth_x"), RpcCall.of("eth_blockNumber")));

            assertThat(answer(outcomes.get(0)).asLong()).isEqualTo(7);
            assertThat(outcomes.get(1))
                    .isEqualTo(new CallOutcome.Rejected(
                            3, "execution reverted", null, bad.name(), ErrorClass.EXECUTION_REVERTED));
            assertThat(answer(outcomes.get(2)).asLong()).isEqualTo(16);
            assertThat(good.asked(METHOD)).isZero();
        }
    }

    @Test
    void batchThatLacksAnAnswerOrHasTwoIsNotBelieved() throws InterruptedException {
        bad.on(METHOD, GOOD);
        List<RpcCall> calls = List.of(RpcCall.of(METHOD), RpcCall.of("eth_blockNumber"));
        try (RpcPool pool = pool().open()) {
            bad.onBatch(request ->
                    new Reply.Body(200, bad.items(request).subList(0, 1).toString()));
            assertThat(answer(pool.batch(calls).getFirst()).node()).isEqualTo(good.name());

            bad.onBatch(request -> {
                var twice = new ArrayList<>(bad.items(request));
                twice.addAll(bad.items(request));
                return new Reply.Body(200, twice.toString());
            });
            assertThat(answer(pool.batch(calls).getFirst()).node()).isEqualTo(good.name());
        }
    }

    @Test
    void singleErrorObjectForABatchIsTheNodesFailure() throws InterruptedException {
        bad.onBatch(request ->
                new Reply.Body(200, "{\"id\":null,\"error\":{\"code\":-32600,\"message\":\"batch too large\"}}"));
        try (RpcPool pool = pool().open()) {
            assertThat(answer(pool.batch(List.of(RpcCall.of("eth_blockNumber"))).getFirst())
                            .node())
                    .isEqualTo(good.name());
        }
    }

    /** Refuses batches of more than so many calls, with words that name the number or not. */
    private void takesAtMost(int most, String words) {
        bad.on(METHOD, GOOD).onBatch(request -> {
            batches.add(request.size());
            String refusal =
                    "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"" + words + "\"}}";
            return new Reply.Body(
                    200, request.size() > most ? refusal : bad.items(request).toString());
        });
    }

    private static List<RpcCall> times(int count, RpcCall call) {
        return Collections.nCopies(count, call);
    }

    @Test
    void aBatchThatIsTooLargeIsSplitAtTheSameNodeAndTheNextOneBeforeItIsSent() throws InterruptedException {
        takesAtMost(3, "Batch of more than 3 requests are not allowed on free tier");
        try (RpcPool pool = pool().open()) {
            assertThat(pool.batch(times(10, RpcCall.of(METHOD))))
                    .hasSize(10)
                    .allSatisfy(outcome -> assertThat(answer(outcome).node()).isEqualTo(bad.name()));
            assertThat(batches).containsExactly(10, 3, 3, 3);

            batches.clear();
            assertThat(pool.batch(times(6, RpcCall.of(METHOD)))).hasSize(6);
            assertThat(batches).containsExactly(3, 3);
            assertThat(listener.of("failover")).isEmpty();
        }
    }

    @Test
    void aBatchThatIsTooLargeIsHalvedIfTheNodeNamesNoNumber() throws InterruptedException {
        takesAtMost(3, "batch too large");
        try (RpcPool pool = pool().open()) {
            assertThat(pool.batch(times(10, RpcCall.of(METHOD)))).hasSize(10);
            assertThat(batches).containsExactly(10, 5, 2, 2, 2, 2, 2);
        }
    }

    @Test
    void aNodeThatTakesNoBatchesIsAskedForOneCallAtATime() throws InterruptedException {
        takesAtMost(0, "batching is not supported");
        try (RpcPool pool = pool().open()) {
            List<CallOutcome> outcomes =
                    pool.batch(List.of(RpcCall.of(METHOD), RpcCall.of("eth_chainId"), RpcCall.of("eth_blockNumber")));

            assertThat(outcomes)
                    .hasSize(3)
                    .allSatisfy(outcome -> assertThat(answer(outcome).node()).isEqualTo(bad.name()));
        }
    }

    @Test
    void whatChangesSomethingIsNotSentAgainWhenALaterPartOfItsBatchIsRefused() throws InterruptedException {
        bad.on(METHOD, GOOD).on("eth_sendRawTransaction", GOOD);
        List<RpcCall> calls = new ArrayList<>(times(2, RpcCall.of("eth_sendRawTransaction", "0x02")));
        calls.addAll(times(2, RpcCall.of(METHOD)));
        try (RpcPool pool = pool().open()) {
            AtomicInteger parts = new AtomicInteger();
            bad.onBatch(request -> switch (parts.incrementAndGet()) {
                case 1 ->
                    new Reply.Body(
                            200,
                            "{\"id\":null,\"error\":{\"code\":-32600,\"message\":\"batch of more than 2 requests\"}}");
                case 2 -> new Reply.Body(200, bad.items(request).toString());
                default -> new Reply.Body(429, "slow down");
            });

            assertThatThrownBy(() -> pool.batch(calls)).hasMessageContaining("may have been accepted");
            assertThat(parts).hasValue(3);
            assertThat(good.asked("eth_sendRawTransaction")).isZero();
        }
    }

    @Test
    void itemThatNoNodeServesIsRejectedAndTheOthersAreAnswered() throws InterruptedException {
        try (RpcPool pool = pool().attempts(2).open()) {

            List<CallOutcome> outcomes = pool.batch(List.of(RpcCall.of("eth_blockNumber"), RpcCall.of("eth_no")));

            assertThat(answer(outcomes.get(0)).asLong()).isEqualTo(16);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            CallOutcome.Rejected.class,
                            rejected -> assertThat(rejected.code()).isEqualTo(-32601));
        }
    }

    @Test
    void emptyBatchAsksNobody() throws InterruptedException {
        try (RpcPool pool = pool().open()) {
            assertThat(pool.batch(List.of())).isEmpty();
        }
    }

    @Test
    void transactionGoesToOneNodeOnlyOnceItMayHaveBeenTaken() throws InterruptedException {
        bad.on("eth_sendRawTransaction", new Reply.Reset());
        try (RpcPool pool = pool().open()) {
            assertThatThrownBy(() -> pool.call("eth_sendRawTransaction", "0x02"))
                    .isInstanceOf(NoNodeException.class)
                    .hasMessageContaining("may have been accepted");
            assertThatThrownBy(() -> pool.batch(List.of(RpcCall.of("eth_sendRawTransaction", "0x02"))))
                    .isInstanceOf(NoNodeException.class);

            assertThat(bad.asked("eth_sendRawTransaction")).isEqualTo(2);
            assertThat(good.asked("eth_sendRawTransaction")).isZero();
        }
    }

    @Test
    void transactionGoesToTheNextNodeIfTheFirstCannotHaveTakenIt() throws InterruptedException {
        bad.on("eth_sendRawTransaction", new Reply.Body(429, ""));
        try (RpcPool pool = pool().open()) {
            assertThat(pool.call("eth_sendRawTransaction", "0x02").node()).isEqualTo(good.name());
            bad.stop();
            // a transaction on the old connection could cross with its reset, and be lost for all we know: a read finds
            // out
            assertThat(pool.call(METHOD).node()).isEqualTo(good.name());
            assertThat(pool.call("eth_sendRawTransaction", "0x02").node()).isEqualTo(good.name());
        }
    }

    @Test
    void parametersThatAreNoJsonAreTheCallersFault() throws InterruptedException {
        try (RpcPool pool = pool().open()) {
            for (Object given : List.of(new Object(), Thread.currentThread(), List.of(Map.of("to", new Bean(7))))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> pool.call(METHOD, given))
                        .withMessageMatching("the parameters of " + METHOD
                                + " cannot be written as JSON, there is a [a-zA-Z.$]+ among them");
            }
            assertThat(pool.call(METHOD, List.of(Map.of("to", true)), 7, 7L, new int[] {1}, null)
                            .node())
                    .isNotBlank();
        }
    }

    private static RpcResult answer(CallOutcome outcome) {
        return ((CallOutcome.Answered) outcome).result();
    }

    private record Bean(int value) {}
}
