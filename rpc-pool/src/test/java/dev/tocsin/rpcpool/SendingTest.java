package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.SendingNodes.Fate;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.NodeAsk;
import dev.tocsin.rpcpool.internal.call.Watch;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import dev.tocsin.rpcpool.internal.send.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SendingTest {

    /** The example of EIP-155. */
    static final String SIGNED =
            "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

    private static final String OTHER = "0x" + "77".repeat(32);
    private static final String HASH = SignedTransaction.parse(SIGNED).hash();

    private final SendingNodes nodes = new SendingNodes(3);

    @Test
    void firstNodeTakesIt() throws InterruptedException {
        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, "n0"));
        assertThat(nodes.trail).hasSize(1);
        assertThat(nodes.listener.of("send")).hasSize(1);
    }

    @Test
    void sendingItAgainIsSuccess() throws InterruptedException {
        nodes.send(SIGNED);

        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.AlreadyKnown(HASH, "n0"));
    }

    @ParameterizedTest
    @EnumSource(value = Fate.class, mode = EnumSource.Mode.EXCLUDE, names = "SERVED")
    void nextNodeTakesWhatTheFirstDoesNot(Fate fate) throws InterruptedException {
        nodes.fates = node -> node.equals("n0") ? fate : Fate.SERVED;

        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, "n1"));
        assertThat(nodes.listener.of("failover")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorClass.class,
            names = {"POOL_FULL", "FEE_CAP_EXCEEDED", "TX_POLICY_REJECTED", "NODE_SYNCING", "RATE_LIMITED", "NODE_ERROR"
            })
    void nextNodeTakesWhatTheFirstRefusesForItself(ErrorClass error) throws InterruptedException {
        nodes.policies.put("n0", error);

        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, "n1"));
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorClass.class,
            names = {"TX_INVALID", "EXECUTION_REVERTED", "CLIENT_ERROR", "SENDER_RATE_LIMITED"})
    void whatAllWouldSayIsFinal(ErrorClass error) throws InterruptedException {
        nodes.policies.put("n0", error);

        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.Rejected(HASH, error, "said " + error, "n0"));
        assertThat(nodes.trail).hasSize(1);
    }

    @Test
    void oneOtherNodeIsAskedWhetherTheFundsAreThere() throws InterruptedException {
        nodes.policies.put("n0", ErrorClass.INSUFFICIENT_FUNDS);
        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, "n1"));

        nodes.holders.clear();
        nodes.policies.put("n1", ErrorClass.INSUFFICIENT_FUNDS);
        assertThat(nodes.send(SIGNED))
                .isInstanceOfSatisfying(
                        SendOutcome.Rejected.class,
                        rejected -> assertThat(rejected.errorClass()).isEqualTo(ErrorClass.INSUFFICIENT_FUNDS));
        assertThat(nodes.asked("n2")).isZero();
    }

    @Test
    void refusalThatTellsMostOfTheTransactionIsTold() throws InterruptedException {
        nodes.policies.putAll(
                Map.of("n0", ErrorClass.RATE_LIMITED, "n1", ErrorClass.POOL_FULL, "n2", ErrorClass.QUOTA_EXHAUSTED));

        assertThat(nodes.send(SIGNED))
                .isEqualTo(new SendOutcome.Rejected(HASH, ErrorClass.POOL_FULL, "said POOL_FULL", "n1"));
    }

    @Test
    void nobodyReachedIsARejectionThatSaysNotSent() throws InterruptedException {
        nodes.fates = node -> Fate.REFUSED;

        assertThat(nodes.send(SIGNED))
                .isEqualTo(new SendOutcome.Rejected(HASH, ErrorClass.TRANSPORT_NOT_SENT, "cannot connect", "n0"));
    }

    @Test
    void lostAnswerIsNoErrorEvenIfTheTransactionIsMinedMeanwhile() throws InterruptedException {
        nodes.minesAtOnce = true;
        nodes.fates = node -> nodes.asked(Sending.METHOD) == 0 ? Fate.LOST_AFTER : Fate.SERVED;

        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.Mined(HASH, 7, "n1"));
    }

    @Test
    void onlyNodeThatLosesItsAnswerIsAskedOnceMore() throws InterruptedException {
        SendingNodes one = new SendingNodes(1);
        one.fates = node -> one.trail.isEmpty() ? Fate.LOST_BEFORE : Fate.SERVED;

        assertThat(one.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, "n0"));
    }

    @Test
    void foreignTransactionWithTheNonceIsNamed() throws InterruptedException {
        nodes.mine(OTHER);

        assertThat(nodes.send(SIGNED))
                .isEqualTo(new SendOutcome.Replaced(HASH, Optional.of(OTHER), "said NONCE_TOO_LOW", "n0"));
        assertThat(nodes.asked("n1 eth_getTransactionByHash")).isEqualTo(1);
    }

    @Test
    void foreignTransactionThatNoNodeCanNameIsAReplacementOnceTwoHaveLookedForASecond() throws InterruptedException {
        nodes.mine(OTHER);
        nodes.knowsSenders = false;
        long began = nodes.clock.nanos();

        assertThat(nodes.send(SIGNED))
                .isEqualTo(new SendOutcome.Replaced(HASH, Optional.empty(), "said NONCE_TOO_LOW", "n0"));
        assertThat(Duration.ofNanos(nodes.clock.nanos() - began)).isBetween(Duration.ofSeconds(1), SendingNodes.BUDGET);
        assertThat(nodes.asked("BySenderAndNonce")).isEqualTo(1);
    }

    @Test
    void ownTransactionIsFoundMinedThoughNodesAreABlockBehindInTheirAnswers() throws InterruptedException {
        nodes.knowsSenders = false;
        nodes.hash = HASH;
        nodes.mine(HASH);
        nodes.nodes.forEach(node -> nodes.lags.put(node.name(), Duration.ofMillis(900)));

        assertThat(nodes.send(SIGNED)).isInstanceOf(SendOutcome.Mined.class);
    }

    @Test
    void nodesThatAreFarBehindDoNotMakeAReplacementWithoutTheNodeThatRefused() throws InterruptedException {
        nodes.knowsSenders = false;
        nodes.hash = HASH;
        nodes.mine(HASH);
        nodes.lags.putAll(Map.of("n1", Duration.ofMinutes(1), "n2", Duration.ofMinutes(1)));
        nodes.fates = node -> node.equals("n0") && !nodes.trail.isEmpty() ? Fate.LOST_BEFORE : Fate.SERVED;

        assertThat(nodes.send(SIGNED)).isInstanceOf(SendOutcome.Unknown.class);
    }

    @Test
    void lostAnswerWithAForeignTransactionIsUnknownIfNobodyCanProveIt() throws InterruptedException {
        nodes.mine(OTHER);
        nodes.knowsSenders = false;
        nodes.fates = node -> node.equals("n0") ? Fate.LOST_BEFORE : Fate.SERVED;

        assertThat(nodes.send(SIGNED))
                .isEqualTo(new SendOutcome.Unknown(HASH, Map.of("n0", "no answer", "n1", "said NONCE_TOO_LOW")));
    }

    @Test
    void pendingCopyAtANodeThatIsBehindIsNoSuccess() throws InterruptedException {
        nodes.mine(OTHER);
        nodes.knowsSenders = false;
        nodes.holders.add("n1");

        assertThat(nodes.send(SIGNED)).isInstanceOf(SendOutcome.Unknown.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorClass.class,
            names = {"UNDERPRICED", "FEE_BELOW_BASE", "REPLACEMENT_UNDERPRICED"})
    void feeIsToldTooLowOnceTwoNodesHaveNotSeenTheHash(ErrorClass error) throws InterruptedException {
        nodes.policies.put("n0", error);

        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.Rejected(HASH, error, "said " + error, "n0"));
        assertThat(nodes.asked(Sending.METHOD)).isEqualTo(1);
        assertThat(nodes.asked("eth_getTransactionByHash")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void feeTooLowForOneNodeIsSuccessIfAnotherHasTheTransaction() throws InterruptedException {
        nodes.policies.put("n0", ErrorClass.UNDERPRICED);
        nodes.holders.add("n2");

        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.AlreadyKnown(HASH, "n2"));
    }

    @Test
    void feeTooLowIsUnknownIfOnlyOneOfTheHealthyNodesAnswers() throws InterruptedException {
        nodes.policies.put("n0", ErrorClass.UNDERPRICED);
        nodes.fates = node -> node.equals("n0") ? Fate.SERVED : Fate.LOST_BEFORE;

        assertThat(nodes.send(SIGNED)).isEqualTo(new SendOutcome.Unknown(HASH, Map.of("n0", "said UNDERPRICED")));
    }

    @Test
    void allAnswersLostIsUnknownWithTheHashAndEachCauseWithinTheTimeouts() throws InterruptedException {
        nodes.fates = node -> Fate.STALL_BEFORE;
        long began = nodes.clock.nanos();

        assertThat(nodes.send(SIGNED))
                .isEqualTo(
                        new SendOutcome.Unknown(HASH, Map.of("n0", "no answer", "n1", "no answer", "n2", "no answer")));
        assertThat(Duration.ofNanos(nodes.clock.nanos() - began))
                .isLessThanOrEqualTo(
                        SendingNodes.TIMEOUT.plus(SendingNodes.BUDGET).plusMillis(10));
    }

    @Test
    void interruptBeforeIsAnExceptionAndNothingIsSent() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> nodes.send(SIGNED)).isInstanceOf(InterruptedException.class);
        assertThat(nodes.trail).isEmpty();
    }

    @Test
    void interruptMeanwhileIsAnOutcomeThatIsNotKnown() throws InterruptedException {
        Verification never = new Verification(nodes, SendingNodes.BUDGET, nodes.clock.nanoTicker(), nanos -> {});
        NodeAsk interrupted = (node, call, timeout) -> {
            throw new InterruptedException();
        };
        try (Sending sending = new Sending(
                new Nodes(nodes.nodes),
                () -> nodes.nodes,
                interrupted,
                never,
                SendingNodes.TIMEOUT,
                nodes.clock.nanoTicker(),
                new Listeners(List.of()))) {
            SendOutcome outcome = sending.send(SignedTransaction.parse(SIGNED), Watch.NONE);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(outcome).isEqualTo(new SendOutcome.Unknown(HASH, Map.of("n0", "interrupted")));
        }
    }

    @Test
    void poolWithoutAUsableNodeSaysWhy() throws InterruptedException {
        SendingNodes one = new SendingNodes(1);
        Node wrong = one.nodes.removeFirst();
        wrong.wrongChain("serves chain 5, expected chain 1", one.clock.instant());
        try (Sending sending = new Sending(
                new Nodes(List.of(wrong)),
                List::of,
                one,
                new Verification(one, SendingNodes.BUDGET, one.clock.nanoTicker(), nanos -> {}),
                SendingNodes.TIMEOUT,
                one.clock.nanoTicker(),
                new Listeners(List.of()))) {
            SendOutcome expected = new SendOutcome.Rejected(
                    HASH, ErrorClass.CHAIN_MISMATCH, "not asked: serves chain 5, expected chain 1", wrong.name());

            assertThat(sending.send(SignedTransaction.parse(SIGNED), Watch.NONE))
                    .isEqualTo(expected);
            BroadcastReport report =
                    new BroadcastReport(sending.broadcast(SignedTransaction.parse(SIGNED), Watch.NONE));
            assertThat(report.outcome()).isEqualTo(expected);
            assertThat(report.answers()).isEqualTo(Map.of(wrong.name(), expected));
            assertThat(report.isComplete()).isTrue();
        }
    }
}
