package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A signed transaction is given to a second node when the first is late; what the two say makes one answer. */
class HedgedSendTest {

    private static final String SIGNED = SendingTest.SIGNED;
    private static final String HASH = SignedTransaction.parse(SIGNED).hash();
    private static final Reply TAKEN = new Reply.Result('"' + HASH + '"');
    private static final Reply KNOWN = new Reply.Error(-32000, "already known");
    private static final Reply NOT_BY_MY_RULES =
            new Reply.Error(-32000, "only replay-protected (EIP-155) transactions allowed over RPC");
    private static final Reply NONCE_TOO_LOW = new Reply.Error(-32000, "nonce too low: next nonce 5, tx nonce 4");

    private final FakeNode first = FakeNode.start();
    private final FakeNode second = FakeNode.start();
    private final RpcPoolBuilder settings = RpcPool.builder()
            .chain(1)
            .primary(first.url(), second.url())
            .selection(SelectionStrategy.priority())
            .callTimeout(Duration.ofSeconds(5))
            .verifyTimeout(Duration.ofMillis(300))
            .healthCheckEvery(Duration.ofHours(1));

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private static Reply late(Reply reply) {
        return new Reply.Slow(500, reply);
    }

    private void replies(Reply ofFirst, Reply ofSecond) {
        first.on(Sending.METHOD, ofFirst);
        second.on(Sending.METHOD, ofSecond);
    }

    static Stream<Reply> successes() {
        return Stream.of(TAKEN, KNOWN);
    }

    @ParameterizedTest
    @MethodSource("successes")
    void callIsAnsweredByTheSecondAndTheFirstIsGivenUp(Reply success) throws InterruptedException {
        replies(new Reply.Stall(), success);
        try (RpcPool pool = settings.open()) {
            RpcResult result = pool.call(Sending.METHOD, SIGNED);

            assertThat(result.asText()).isEqualTo(HASH);
            assertThat(result.node()).isEqualTo(second.name());
            await().until(() -> first.underWay() == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("successes")
    void sendIsAnsweredByTheSecondAndTheFirstIsGivenUp(Reply success) throws InterruptedException {
        replies(new Reply.Stall(), success);
        try (RpcPool pool = settings.open()) {
            SendOutcome outcome = pool.send(SIGNED);

            assertThat(outcome)
                    .isEqualTo(
                            success == KNOWN
                                    ? new SendOutcome.AlreadyKnown(HASH, second.name())
                                    : new SendOutcome.Accepted(HASH, second.name()));
            await().until(() -> first.underWay() == 0);
        }
    }

    static Stream<Reply> refusals() {
        return Stream.of(NONCE_TOO_LOW, new Reply.Error(-32000, "invalid sender"), new Reply.Body(502, "bad gateway"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void errorOfTheSecondDoesNotWinOverAnAnswerThatIsAwaited(Reply refusal) throws InterruptedException {
        replies(late(TAKEN), refusal);
        try (RpcPool pool = settings.open()) {
            assertThat(pool.call(Sending.METHOD, SIGNED).node()).isEqualTo(first.name());
            assertThat(pool.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, first.name()));

            assertThat(second.asked(Sending.METHOD)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void errorOfTheFirstDoesNotWinOverAnAnswerThatIsAwaited(Reply refusal) throws InterruptedException {
        replies(new Reply.Slow(300, refusal), late(TAKEN));
        try (RpcPool pool = settings.open()) {
            assertThat(pool.call(Sending.METHOD, SIGNED).node()).isEqualTo(second.name());
            assertThat(pool.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, second.name()));
        }
    }

    @Test
    void refusalOfOneIsNotSaidToBeCertainIfTheAnswerOfTheOtherIsLost() throws InterruptedException {
        replies(new Reply.Slow(300, new Reply.Body(502, "bad gateway")), NONCE_TOO_LOW);
        try (RpcPool pool = settings.open()) {
            assertThatThrownBy(() -> pool.call(Sending.METHOD, SIGNED))
                    .isInstanceOfSatisfying(RpcRejectedException.class, e -> {
                        assertThat(e.isAmbiguous()).isTrue();
                        assertThat(e.errorClass()).isEqualTo(ErrorClass.NONCE_TOO_LOW);
                    });
            assertThat(pool.send(SIGNED))
                    .isInstanceOfSatisfying(
                            SendOutcome.Unknown.class,
                            unknown -> assertThat(unknown.causes()).containsKey(first.name()));
        }
    }

    @Test
    void refusalOfBothIsCertain() throws InterruptedException {
        replies(new Reply.Slow(300, NONCE_TOO_LOW), NONCE_TOO_LOW);
        try (RpcPool pool = settings.open()) {
            assertThatThrownBy(() -> pool.call(Sending.METHOD, SIGNED))
                    .isInstanceOfSatisfying(
                            RpcRejectedException.class,
                            e -> assertThat(e.isAmbiguous()).isFalse());
        }
    }

    /** The first took it and its answer was lost. */
    @Test
    void secondThatHasItIsSuccessAlsoIfTheAnswerOfTheFirstIsLost() throws InterruptedException {
        replies(new Reply.Slow(300, new Reply.Body(502, "bad gateway")), late(KNOWN));
        try (RpcPool pool = settings.open()) {
            RpcResult result = pool.call(Sending.METHOD, SIGNED);

            assertThat(result.asText()).isEqualTo(HASH);
            assertThat(result.node()).isEqualTo(second.name());
        }
    }

    @Test
    void transactionThatIsKnownIsTakenInABatchToo() throws InterruptedException {
        replies(KNOWN, KNOWN);
        try (RpcPool pool = settings.open()) {
            assertThat(pool.batch(List.of(RpcCall.of(Sending.METHOD, SIGNED), RpcCall.of("eth_chainId"))))
                    .first()
                    .isInstanceOfSatisfying(
                            CallOutcome.Answered.class,
                            answered -> assertThat(answered.result().asText()).isEqualTo(HASH));
        }
    }

    /** What one node does not take by its own rules is not refused by all: the other may have taken it. */
    @Test
    void refusalOfOneIsNoRejectionOfWhatTheOtherHas() throws InterruptedException {
        replies(new Reply.Slow(300, NOT_BY_MY_RULES), new Reply.Stall());
        second.on("eth_getTransactionByHash", new Reply.Result("{\"hash\":\"" + HASH + "\",\"blockNumber\":null}"));
        try (RpcPool pool = settings.callTimeout(Duration.ofSeconds(2)).open()) {
            assertThat(pool.send(SIGNED)).isEqualTo(new SendOutcome.AlreadyKnown(HASH, second.name()));
        }
    }

    @Test
    void refusalOfOneIsNotKnownToBeThatOfAllIfTheOtherSaysNothing() throws InterruptedException {
        replies(new Reply.Slow(300, NOT_BY_MY_RULES), new Reply.Stall());
        try (RpcPool pool = settings.callTimeout(Duration.ofSeconds(2)).open()) {
            assertThat(pool.send(SIGNED))
                    .isInstanceOfSatisfying(
                            SendOutcome.Unknown.class,
                            unknown -> assertThat(unknown.causes()).containsKeys(first.name(), second.name()));
        }
    }

    @Test
    void refusalOfTheOnlyOneThatHasBeenGivenItIsCertain() throws InterruptedException {
        replies(new Reply.Slow(300, NOT_BY_MY_RULES), new Reply.Stall());
        try (RpcPool pool = settings.hedges(0).open()) {
            assertThat(pool.send(SIGNED)).isInstanceOf(SendOutcome.Rejected.class);

            assertThat(second.asked(Sending.METHOD)).isZero();
        }
    }

    @Test
    void withoutHedgesOnlyOneNodeIsAsked() throws InterruptedException {
        replies(late(TAKEN), TAKEN);
        try (RpcPool pool = settings.hedges(0).open()) {
            assertThat(pool.call(Sending.METHOD, SIGNED).node()).isEqualTo(first.name());
            assertThat(pool.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, first.name()));

            assertThat(second.asked(Sending.METHOD)).isZero();
        }
    }

    @Test
    void theBudgetOfReadsBoundsTheSecondSendsToo() throws InterruptedException {
        replies(new Reply.Slow(150, TAKEN), new Reply.Slow(150, TAKEN));
        try (RpcPool pool = settings.open()) {
            for (int i = 0; i < 12; i++) {
                pool.send(SIGNED);
            }

            assertThat(first.asked(Sending.METHOD) + second.asked(Sending.METHOD))
                    .isLessThanOrEqualTo(12 + 8);
        }
    }

    @Test
    void explainNamesTheSecondNode() throws InterruptedException {
        settings.sendOnly("http://127.0.0.1:1");
        try (RpcPool pool = settings.open()) {
            assertThat(pool.explain(Sending.METHOD, SIGNED).hedge()).contains(second.name());
        }
    }
}
