package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.internal.transport.HttpTransport;
import java.math.BigInteger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pool must not take for certain: which chain a node serves, what an answer answers, whether a transaction was taken. */
class CertaintyTest {

    private static final String SEND = "eth_sendRawTransaction";
    private static final String AMBIGUOUS = "it may have been accepted; look for its hash";

    private final FakeNode a = FakeNode.start().on("who", new Reply.Result("\"a\""));
    private final FakeNode b = FakeNode.start().on("who", new Reply.Result("\"b\""));

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private RpcPoolBuilder quiet() {
        return RpcPool.builder()
                .chain(1)
                .primary(a.url())
                .fallback(b.url())
                .retryDelay(Duration.ofMillis(1))
                .healthCheckEvery(Duration.ofHours(1));
    }

    @Test
    void nodeThatWasAwayForOneCallNamesItsChainBeforeTheNext() throws InterruptedException {
        try (RpcPool pool = quiet().open()) {
            a.stop();
            assertThat(pool.call("who").asText()).isEqualTo("b");
            a.chain(5).restart();

            assertThat(pool.call("who").asText()).isEqualTo("b");
            assertThat(a.asked("who")).isZero();
            assertThat(pool.status().nodes().getFirst().state()).isEqualTo(NodeState.WRONG_CHAIN);
        }
    }

    @Test
    void nodeThatWasAwayForOneCallServesAgainOnceItHasNamedItsChain() throws InterruptedException {
        try (RpcPool pool = quiet().open()) {
            a.stop();
            assertThat(pool.call("who").asText()).isEqualTo("b");
            a.restart();
            long before = a.asked("eth_chainId");

            assertThat(pool.call("who").asText()).isEqualTo("a");
            assertThat(pool.call("who").asText()).isEqualTo("a");
            assertThat(a.asked("eth_chainId")).isEqualTo(before + 1);
        }
    }

    @Test
    void nodeWhoseAnswerIsLargerThanWeTakeMayHaveDoneWhatItWasAsked() throws InterruptedException {
        a.on(SEND, new Reply.Result("\"" + "x".repeat(6_000) + "\""));
        RpcPoolBuilder settings = quiet();
        settings.transports = (given, headers) ->
                new HttpTransport(given.connectTimeout(), given.errors, headers, InstantSource.system(), 5_000);
        try (RpcPool pool = settings.open()) {
            assertThatThrownBy(() -> pool.call(SEND, "0x1"))
                    .isInstanceOf(RpcRejectedException.class)
                    .hasMessageContaining("the answer is larger than 5000 bytes")
                    .hasMessageContaining(AMBIGUOUS);
            assertThat(b.asked(SEND)).isZero();
        }
    }

    @Test
    void nodeThatAnswersChecksButNoCallsIsLeft() throws InterruptedException {
        a.on("who", new Reply.Reset());
        try (RpcPool pool = quiet().open()) {
            for (int i = 0; i < 10; i++) {
                assertThat(pool.call("who").asText()).isEqualTo("b");
            }
            assertThat(a.asked("who")).isEqualTo(3);
        }
    }

    @Test
    void errorOfAnotherRequestIsNoAnswer() throws InterruptedException {
        a.on("who", new Reply.Body(200, "{\"id\":4711,\"error\":{\"code\":3,\"message\":\"execution reverted\"}}"));
        try (RpcPool pool = quiet().open()) {
            assertThat(pool.call("who").asText()).isEqualTo("b");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405, 413, 415})
    void requestThatIsTurnedAwayIsNotTheNodesFault(int status) throws InterruptedException {
        a.on("who", new Reply.Body(status, "<html>"));
        try (RpcPool pool = quiet().open()) {
            for (int i = 0; i < 5; i++) {
                assertThat(pool.call("who").asText()).isEqualTo("b");
            }
            assertThat(pool.status().nodes().getFirst().state()).isEqualTo(NodeState.HEALTHY);
        }
    }

    @ParameterizedTest
    @CsvSource({"-32603,internal error", "-32002,request timed out", "-32000,something went wrong"})
    void nodesOwnErrorLeavesOpenWhetherATransactionWasTaken(int code, String message) throws InterruptedException {
        a.on(SEND, new Reply.Error(code, message));
        b.on(SEND, new Reply.Error(code, message));
        try (RpcPool pool = quiet().open()) {
            assertThatThrownBy(() -> pool.call(SEND, "0x00"))
                    .isInstanceOf(RpcRejectedException.class)
                    .hasMessageContaining(AMBIGUOUS);
            assertThat(a.asked(SEND) + b.asked(SEND)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"-32000,nonce too low", "-32000,insufficient funds for gas", "-32602,invalid argument"})
    void refusalOfTheTransactionIsCertain(int code, String message) throws InterruptedException {
        a.on(SEND, new Reply.Error(code, message));
        try (RpcPool pool = quiet().open()) {
            Throwable thrown = catchThrowable(() -> pool.call(SEND, "0x00"));

            assertThat(thrown).isInstanceOf(RpcRejectedException.class).hasMessageNotContaining(AMBIGUOUS);
            assertThat(b.asked(SEND)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403, 404, 407, 410})
    void aTransactionThatNobodyHasReadGoesToAnotherNode(int status) throws InterruptedException {
        a.on(SEND, new Reply.Body(status, "no"));
        b.on(SEND, new Reply.Result("\"0xhash\""));
        try (RpcPool pool = quiet().open()) {
            assertThat(pool.call(SEND, "0x00").node()).isEqualTo(b.name());
        }
    }

    @Test
    void sameErrorOfAReadIsNotCalledOpen() throws InterruptedException {
        a.on("who", new Reply.Error(-32603, "internal error"));
        b.on("who", new Reply.Error(-32603, "internal error"));
        try (RpcPool pool = quiet().open()) {
            assertThat(catchThrowable(() -> pool.call("who")))
                    .isInstanceOf(RpcRejectedException.class)
                    .hasMessageNotContaining(AMBIGUOUS);
        }
    }

    @Test
    void lostAnswerIsToldThoughANodeBeforeTurnedTheTransactionAway() throws InterruptedException {
        a.on(SEND, new Reply.Body(429, "{\"id\":null,\"error\":{\"code\":-32005,\"message\":\"limit\"}}"));
        b.on(SEND, new Reply.Reset());
        try (RpcPool pool = quiet().open()) {
            assertThatThrownBy(() -> pool.call(SEND, "0x00"))
                    .isInstanceOf(NoNodeException.class)
                    .hasMessageContaining(AMBIGUOUS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eth_sendTransaction",
                "eth_sendPrivateTransaction",
                "eth_sendBundle",
                "eth_sendRawTransactionSync",
                "personal_sendTransaction",
                "evm_mine"
            })
    void whateverChangesSomethingIsAskedOnce(String method) throws InterruptedException {
        a.on(method, new Reply.Reset());
        b.on(method, new Reply.Result("\"0x1\""));
        try (RpcPool pool = quiet().open()) {
            assertThat(catchThrowable(() -> pool.call(method))).isInstanceOf(NoNodeException.class);
            assertThat(catchThrowable(() -> pool.batch(List.of(RpcCall.of("who"), RpcCall.of(method)))))
                    .isInstanceOf(NoNodeException.class);
            assertThat(b.asked(method)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x-5", "0x+5", "0x", "5"})
    void quantityIsDigitsOnly(String text) throws InterruptedException {
        a.on("eth_gasPrice", new Reply.Result("\"" + text + "\""));
        try (RpcPool pool = quiet().open()) {
            RpcResult result = pool.call("eth_gasPrice");

            assertThatThrownBy(result::asQuantity).isInstanceOf(RpcException.class);
            a.on("eth_gasPrice", new Reply.Result("\"0x5\""));
            assertThat(pool.call("eth_gasPrice").asQuantity()).isEqualTo(BigInteger.valueOf(5));
        }
    }

    @Test
    void deepAnswerIsAnAnswer() throws InterruptedException {
        a.on("debug_traceTransaction", new Reply.Result("[".repeat(450) + "]".repeat(450)));
        try (RpcPool pool = quiet().open()) {
            assertThat(pool.call("debug_traceTransaction").json()).hasSize(900);
        }
    }
}
