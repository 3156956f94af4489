package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.relay.FakeRelay.Fault;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a private transaction becomes public, and when it must not. */
class FallbackTest {

    private static final String SEND = "eth_sendPrivateTransaction";
    private static final String SIGNED = SignedBy.owner(0);
    private static final String HASH = SignedBy.hash(SIGNED);

    private RelayFixture world;

    @BeforeEach
    void open() throws InterruptedException {
        world = new RelayFixture();
    }

    @AfterEach
    void close() {
        assertThat(world.relay.violations()).isEmpty();
        world.close();
    }

    private void isPublished(PrivateOutcome outcome, String cause) {
        assertThat(outcome)
                .isEqualTo(
                        new PrivateOutcome.Published(HASH, new SendOutcome.Accepted(HASH, world.node.name()), cause));
        assertThat(world.node.waiting()).containsExactly(SIGNED);
        assertThat(world.node.hasHeardOf(SIGNED)).isTrue();
    }

    private void staysPrivate() {
        assertThat(world.node.hasHeardOf(SIGNED)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"FAILED", "PENDING", "UNKNOWN"})
    void neverIsNeverWhateverTheRelaySaysAfterTheLastBlock(String status) throws InterruptedException {
        PrivateTransaction transaction = world.open(Fallback.NEVER).send(SIGNED);
        world.relay.held(SIGNED).status = status;
        world.chain.mineEmpty(31);

        assertThat(transaction.await(Duration.ofMinutes(10))).isInstanceOf(PrivateOutcome.Failed.class);
        staysPrivate();
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_429", "INTERNAL_ERROR", "CUT", "ECHO"})
    void neverIsNeverWhateverTheRelayAnswers(Fault fault) throws InterruptedException {
        world.relay.fault(SEND, fault);

        world.open(Fallback.NEVER).send(SIGNED);

        staysPrivate();
    }

    @Test
    void neverIsTheDefault() throws InterruptedException {
        world.relay.fault(SEND, Fault.HTTP_429);

        assertThat(world.open(builder -> {}).send(SIGNED).outcome()).isInstanceOf(PrivateOutcome.Rejected.class);
        staysPrivate();
    }

    @ParameterizedTest
    @ValueSource(strings = {"FAILED", "UNKNOWN"})
    void afterExpiryPublishesInTheBlockAfterTheLastAndNotBefore(String status) throws InterruptedException {
        PrivateTransaction transaction = world.open(Fallback.AFTER_EXPIRY).send(SIGNED);
        world.relay.held(SIGNED).status = status;

        world.chain.mineEmpty(25);
        assertThat(transaction.poll()).isInstanceOf(PrivateOutcome.Pending.class);
        staysPrivate();
        world.chain.mineEmpty(1);

        isPublished(transaction.poll(), "not included by block 125; the relay says " + status);
    }

    @Test
    void afterExpiryWaitsForTheRelaysWordAndDoesNotPublishWithoutIt() throws InterruptedException {
        PrivateTransaction transaction = world.open(Fallback.AFTER_EXPIRY).send(SIGNED);
        world.relay.fault("status", Fault.HTTP_500);

        world.chain.mineEmpty(26);
        assertThat(transaction.poll()).isInstanceOf(PrivateOutcome.Unknown.class);
        world.chain.mineEmpty(5);

        assertThat(transaction.poll()).isInstanceOf(PrivateOutcome.Failed.class);
        staysPrivate();
    }

    @Test
    void afterExpiryDoesNotPublishWhatTheRelayStillWorksOn() throws InterruptedException {
        PrivateTransaction transaction = world.open(Fallback.AFTER_EXPIRY).send(SIGNED);

        world.chain.mineEmpty(30);
        assertThat(transaction.poll()).isInstanceOf(PrivateOutcome.Pending.class);
        world.chain.mineEmpty(1);

        assertThat(transaction.poll()).isInstanceOf(PrivateOutcome.Failed.class);
        staysPrivate();
    }

    @Test
    void afterExpiryDoesNotPublishWhatIsInABlockWhateverTheRelaySays() throws InterruptedException {
        PrivateTransaction transaction = world.open(Fallback.AFTER_EXPIRY).send(SIGNED);
        world.relay.held(SIGNED).status = "FAILED";
        world.chain.mine(SIGNED).mineEmpty(26);

        assertThat(transaction.poll()).isInstanceOf(PrivateOutcome.Mined.class);
        assertThat(world.node.waiting()).isEmpty();
        staysPrivate();
    }

    @Test
    void afterExpiryDoesNotPublishWhenTheChainCannotBeSeen() throws InterruptedException {
        PrivateTransaction transaction = world.open(Fallback.AFTER_EXPIRY).send(SIGNED);
        world.relay.held(SIGNED).status = "FAILED";
        world.chain.mineEmpty(26);
        world.node.down(true);

        assertThat(transaction.poll().isFinal()).isFalse();
        world.node.down(false);

        isPublished(transaction.await(Duration.ofMinutes(1)), "not included by block 125; the relay says FAILED");
    }

    @Test
    void afterExpiryDoesNotPublishWhatTheRelayRefuses() throws InterruptedException {
        world.relay.fault(SEND, Fault.HTTP_429);

        assertThat(world.open(Fallback.AFTER_EXPIRY).send(SIGNED).outcome())
                .isInstanceOf(PrivateOutcome.Rejected.class);
        staysPrivate();
    }

    @Test
    void afterExpiryNeedsAStatusApi() {
        assertThatThrownBy(() -> world.open(builder -> builder.fallback(Fallback.AFTER_EXPIRY)))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"AFTER_EXPIRY", "IMMEDIATE"})
    void whatSomebodyAskedToCancelIsNotPublishedEvenIfTheRelayDidNotTakeIt(Fallback fallback)
            throws InterruptedException {
        PrivateTransaction transaction = world.open(fallback).send(SIGNED);
        world.relay.fault("eth_cancelPrivateTransaction", Fault.CUT);
        transaction.cancel();
        world.relay.held(SIGNED).status = "FAILED";
        world.chain.mineEmpty(26);

        assertThat(transaction.await(Duration.ofMinutes(10))).isInstanceOf(PrivateOutcome.Failed.class);
        staysPrivate();
    }

    @Test
    void immediatePublishesWhatTheRelayRefuses() throws InterruptedException {
        world.relay.fault(SEND, Fault.HTTP_429);

        isPublished(world.open(Fallback.IMMEDIATE).send(SIGNED).outcome(), "the relay refused it: HTTP 429");
    }

    @Test
    void immediatePublishesWhenTheRelayCannotBeReached() throws InterruptedException {
        PrivateRelay relay = world.open(Fallback.IMMEDIATE);
        world.relay.close();

        isPublished(relay.send(SIGNED).outcome(), "the relay refused it: cannot connect");
    }

    @Test
    void immediatePublishesWhatTheRelayHasNotHeardOfWhenTheLookingIsOver() throws InterruptedException {
        world.relay.fault(SEND, Fault.INTERNAL_ERROR);

        isPublished(world.open(Fallback.IMMEDIATE).send(SIGNED).outcome(), "the relay may not have it: internal error");
        assertThat(world.clock.instant()).isEqualTo("2026-11-21T00:00:10Z");
    }

    @Test
    void immediatePublishesWhatTheRelayGivesUp() throws InterruptedException {
        PrivateTransaction transaction = world.open(Fallback.IMMEDIATE).send(SIGNED);
        staysPrivate();
        world.relay.held(SIGNED).status = "FAILED";

        isPublished(transaction.poll(), "not included yet; the relay says FAILED");
    }

    @Test
    void immediatePublishesAfterTheLastBlockWithoutTheRelaysWord() throws InterruptedException {
        PrivateTransaction transaction = world.open(Fallback.IMMEDIATE).send(SIGNED);
        world.relay.fault("status", Fault.CUT);
        world.chain.mineEmpty(26);

        isPublished(transaction.poll(), "not included by block 125; the status API: connection broke");
    }

    @Test
    void immediatePublishesWhatOnlyARuleOfTheRelayForbids() throws InterruptedException {
        String tipless = SignedBy.transaction(SignedBy.OWNER, SignedBy.CHAIN, 0, 1, 0, "");

        assertThat(world.open(Fallback.IMMEDIATE).send(tipless).outcome()).isInstanceOf(PrivateOutcome.Published.class);
        assertThat(world.node.waiting()).containsExactly(tipless);
    }

    @Test
    void immediateDoesNotPublishWhatNobodyWouldTake() throws InterruptedException {
        world.chain.mine(SignedBy.owner(0, 5));

        assertThat(world.open(Fallback.IMMEDIATE).send(SIGNED).outcome())
                .isInstanceOfSatisfying(
                        PrivateOutcome.Rejected.class,
                        rejected -> assertThat(rejected.errorClass()).isEqualTo(ErrorClass.NONCE_TOO_LOW));
        staysPrivate();
    }

    @Test
    void publishedTransactionIsPublishedOnce() throws InterruptedException {
        PrivateRelay relay = world.open(Fallback.IMMEDIATE);
        world.relay.fault(SEND, Fault.HTTP_429);
        PrivateTransaction transaction = relay.send(SIGNED);

        assertThat(relay.send(SIGNED)).isSameAs(transaction);
        assertThat(transaction.poll()).isSameAs(transaction.outcome());
        assertThat(transaction.cancel()).isSameAs(transaction.outcome());

        assertThat(world.node.waiting()).hasSize(1);
        assertThat(world.relay.calls("eth_cancelPrivateTransaction")).isEmpty();
    }
}
