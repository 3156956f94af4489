package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.relay.FakeRelay.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends to a relay that takes only what Flashbots describes. */
class PrivateSendTest extends OverRelay {

    private static final String SEND = "eth_sendPrivateTransaction";

    @AfterEach
    void sendsWhatIsDescribed() {
        assertThat(world.relay.violations()).isEmpty();
    }

    private PrivateOutcome sent(String signed) throws InterruptedException {
        return relay.send(signed).outcome();
    }

    private void isRefused(String signed, ErrorClass expected) throws InterruptedException {
        assertThat(sent(signed))
                .isInstanceOfSatisfying(
                        PrivateOutcome.Rejected.class,
                        rejected -> assertThat(rejected.errorClass()).isEqualTo(expected));
    }

    @Test
    void transactionIsTakenForTheNext25Blocks() throws InterruptedException {
        String signed = SignedBy.owner(0);

        PrivateTransaction transaction = relay.send(signed);

        assertThat(transaction.outcome())
                .isEqualTo(new PrivateOutcome.Pending(SignedBy.hash(signed), 125, Optional.empty()));
        assertThat(transaction.sender()).isEqualTo(SignedBy.OWNER.getAddress());
        assertThat(world.relay.calls(SEND).getFirst().path("params").toString())
                .isEqualTo("[{\"tx\":\"" + signed + "\",\"maxBlockNumber\":\"0x7d\"}]");
    }

    @Test
    void optionsArriveAsTheRelayExpectsThem() throws InterruptedException {
        String friend = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

        relay.send(
                SignedBy.owner(0),
                PrivateOptions.standard()
                        .withMaxBlock(105)
                        .withFast()
                        .withHints(Hint.LOGS, Hint.CONTRACT_ADDRESS)
                        .withBuilders("flashbots", "titan")
                        .withRefunds(new Refund(friend, 60)));

        JsonNode param = world.relay.calls(SEND).getFirst().path("params").path(0);
        assertThat(param.path("maxBlockNumber").asString()).isEqualTo("0x69");
        assertThat(param.path("preferences"))
                .isEqualTo(JsonMapper.shared()
                        .readTree("{\"fast\":true,\"privacy\":{\"hints\":[\"contract_address\",\"logs\"],"
                                + "\"builders\":[\"flashbots\",\"titan\"]},\"validity\":{\"refund\":[{\"address\":\""
                                + friend + "\",\"percent\":60}]}}"));
    }

    @Test
    void noHintsAreAnEmptyListAndNotTheRelaysDefault() throws InterruptedException {
        relay.send(SignedBy.owner(0), PrivateOptions.standard().withHints());

        assertThat(world.relay.calls(SEND).getFirst().findPath("privacy").toString())
                .isEqualTo("{\"hints\":[]}");
    }

    @Test
    void whatTheRelayWouldRefuseIsRefusedWithoutSendingIt() throws InterruptedException {
        world.chain.mine(SignedBy.owner(0));

        isRefused(SignedBy.owner(0), ErrorClass.NONCE_TOO_LOW);
        isRefused(SignedBy.owner(3), ErrorClass.NONCE_TOO_HIGH);
        isRefused(SignedBy.transaction(SignedBy.OWNER, SignedBy.CHAIN, 1, 1, 0, ""), ErrorClass.UNDERPRICED);
        isRefused(SignedBy.legacy(1, 0), ErrorClass.UNDERPRICED);
        isRefused(SignedBy.transaction(SignedBy.OWNER, 1, 1, 1, 5, ""), ErrorClass.CHAIN_MISMATCH);
        isRefused(
                SignedBy.transaction(SignedBy.OWNER, SignedBy.CHAIN, 1, 1, 5, "00".repeat(131_072)),
                ErrorClass.TX_POLICY_REJECTED);
        assertThat(world.relay.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 126})
    void blocksOutsideOfTheNext25AreRefused(long maxBlock) throws InterruptedException {
        PrivateOptions options = PrivateOptions.standard().withMaxBlock(maxBlock);

        assertThat(relay.send(SignedBy.owner(0), options).outcome())
                .isEqualTo(new PrivateOutcome.Rejected(
                        SignedBy.hash(SignedBy.owner(0)),
                        ErrorClass.CLIENT_ERROR,
                        "the last block must be one of the next 25 after 100, was " + maxBlock));
        assertThat(world.relay.received()).isEmpty();
    }

    @Test
    void nonceOneAboveThePendingOnesIsTakenAsTheRelayDoes() throws InterruptedException {
        assertThat(sent(SignedBy.owner(0))).isInstanceOf(PrivateOutcome.Pending.class);
        assertThat(sent(SignedBy.owner(1))).isInstanceOf(PrivateOutcome.Pending.class);
        assertThat(sent(SignedBy.legacy(2, 5))).isInstanceOf(PrivateOutcome.Pending.class);
        isRefused(SignedBy.owner(4), ErrorClass.NONCE_TOO_HIGH);
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERNAL_ERROR_AFTER", "TEXT_ERROR_AFTER", "CUT_AFTER"})
    void errorThatHidesSuccessIsFoundToBePending(Fault fault) throws InterruptedException {
        world.relay.fault(SEND, fault);

        assertThat(sent(SignedBy.owner(0))).isInstanceOf(PrivateOutcome.Pending.class);
        assertThat(world.relay.calls(SEND)).hasSize(1);
    }

    @Test
    void bareInternalErrorIsFoundToBeIncluded() throws InterruptedException {
        world.relay.fault(SEND, Fault.INTERNAL_ERROR_AFTER);
        world.relay.faults(method -> {
            if (method.equals("status")) {
                world.relay.held(SignedBy.owner(0)).status = "INCLUDED";
            }
            return method.equals(SEND) ? Fault.INTERNAL_ERROR_AFTER : Fault.NONE;
        });

        PrivateTransaction transaction = relay.send(SignedBy.owner(0));

        assertThat(transaction.outcome()).isEqualTo(new PrivateOutcome.Mined(transaction.hash(), OptionalLong.empty()));
        world.chain.mine(SignedBy.owner(0));
        assertThat(transaction.poll()).isEqualTo(new PrivateOutcome.Mined(transaction.hash(), OptionalLong.of(101)));
    }

    @Test
    void bareInternalErrorIsFoundToBeFailed() throws InterruptedException {
        world.relay.faults(method -> {
            if (method.equals("status")) {
                world.relay.held(SignedBy.owner(0)).status = "FAILED";
                world.relay.held(SignedBy.owner(0)).simError = "SimErrorInsufficientFunds";
            }
            return method.equals(SEND) ? Fault.INTERNAL_ERROR_AFTER : Fault.NONE;
        });

        assertThat(sent(SignedBy.owner(0)))
                .isEqualTo(new PrivateOutcome.Failed(
                        SignedBy.hash(SignedBy.owner(0)), "SimErrorInsufficientFunds", Optional.empty()));
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERNAL_ERROR", "CUT", "HTTP_500", "GARBAGE"})
    void errorThatMayHideSuccessIsUnknownAndStaysAClaimOnTheNonce(Fault fault) throws InterruptedException {
        world.relay.fault(SEND, fault);

        PrivateTransaction transaction = relay.send(SignedBy.owner(0));

        assertThat(transaction.outcome()).isInstanceOf(PrivateOutcome.Unknown.class);
        assertThat(relay.nextNonce(transaction.sender())).isEqualTo(1);
        world.chain.mineEmpty(26);
        assertThat(transaction.poll())
                .isEqualTo(new PrivateOutcome.Failed(
                        transaction.hash(), "not included by block 125; the relay says UNKNOWN", Optional.empty()));
    }

    @Test
    void refusalInWordsIsARefusal() throws InterruptedException {
        world.relay.fault(SEND, Fault.HTTP_429);

        isRefused(SignedBy.owner(0), ErrorClass.RATE_LIMITED);
        assertThat(relay.nextNonce(SignedBy.OWNER.getAddress())).isZero();
    }

    @Test
    void relayThatCannotBeReachedHasNothing() throws InterruptedException {
        world.relay.close();

        isRefused(SignedBy.owner(0), ErrorClass.TRANSPORT_NOT_SENT);
    }

    @Test
    void whatTheRelayRepeatsOfTheTransactionIsNotPassedOn() throws InterruptedException {
        String signed = SignedBy.owner(0);
        world.relay.fault(SEND, Fault.ECHO);

        PrivateTransaction transaction = relay.send(signed);

        assertThat(transaction.outcome().toString())
                .contains("reading transaction object failed")
                .doesNotContain(signed.substring(2, 100));
        assertThat(transaction.toString()).doesNotContain(signed.substring(2, 100));
    }

    @Test
    void keysOfTheUrlsAreInNoMessage() throws InterruptedException {
        String url = world.relay.url() + "/v1/s3cr3t-key?token=t0k3n";
        PrivateRelayBuilder[] built = new PrivateRelayBuilder[1];
        PrivateRelay keyed = world.open(url, builder -> {
            builder.status(world.relay.url() + "/5tatu5-key/tx");
            built[0] = builder;
        });
        world.relay.faults(method -> Fault.ECHO);
        StringBuilder said = new StringBuilder();

        said.append(keyed).append(built[0]).append(keyed.send(SignedBy.owner(0)));
        world.relay.close();
        said.append(keyed.send(SignedBy.owner(1)));
        assertThatThrownBy(() -> PrivateRelay.builder("s3cr3t-key", null, null))
                .satisfies(e -> said.append(e.getMessage()));
        assertThatThrownBy(() -> PrivateRelay.builder("ht tp://s3cr3t-key", null, null))
                .satisfies(e -> said.append(e).append(e.getCause()));

        assertThat(said.toString())
                .contains(world.relay.name())
                .doesNotContain("s3cr3t-key")
                .doesNotContain("t0k3n")
                .doesNotContain("5tatu5-key");
    }

    @Test
    void sameTransactionIsNotSentTwice() throws InterruptedException {
        PrivateTransaction first = relay.send(SignedBy.owner(0));

        PrivateTransaction second = relay.send(SignedBy.owner(0));

        assertThat(second).isSameAs(first);
        assertThat(world.relay.calls(SEND)).hasSize(1);
    }

    @Test
    void sameTransactionIsSentAgainOnceTheRelayGaveItUpAndItsOldFailureIsNotTheNewOne() throws InterruptedException {
        String signed = SignedBy.owner(0);
        relay.send(signed);
        world.relay.held(signed).status = "FAILED";
        world.chain.mineEmpty(3);

        PrivateTransaction second = relay.send(signed);

        assertThat(world.relay.calls(SEND)).hasSize(2);
        assertThat(second.maxBlock()).isEqualTo(128);
        world.relay.held(signed).status = "FAILED"; // of the send before: the status API lags
        world.relay.held(signed).maxBlock = 125;
        assertThat(second.poll()).isInstanceOf(PrivateOutcome.Pending.class);
        world.relay.held(signed).maxBlock = 128;
        assertThat(second.poll()).isInstanceOf(PrivateOutcome.Failed.class);
    }

    @Test
    void sameTransactionIsSentAgainFiveMinutesAfterTheRelayHasNotHeardOfIt() throws InterruptedException {
        String signed = SignedBy.owner(0);
        world.relay.fault(SEND, Fault.INTERNAL_ERROR);
        PrivateTransaction first = relay.send(signed); // takes the 10 s of looking
        world.relay.fault(SEND, Fault.NONE);

        world.clock.advance(Duration.ofMinutes(4));
        assertThat(relay.send(signed)).isSameAs(first);
        world.clock.advance(Duration.ofSeconds(50));

        assertThat(relay.send(signed).outcome()).isInstanceOf(PrivateOutcome.Pending.class);
        assertThat(world.relay.calls(SEND)).hasSize(2);
    }

    @Test
    void inclusionIsFoundWithoutAStatusApiAndWithoutAskingForTheHash() throws InterruptedException {
        String signed = SignedBy.owner(0);
        PrivateRelay bare = world.open(builder -> {});
        PrivateTransaction transaction = bare.send(signed);
        world.whileWaiting(() -> {
            if (world.chain.head() == 103) {
                world.chain.mine(SignedBy.transaction(SignedBy.OTHER, SignedBy.CHAIN, 0, 1, 5, ""), signed);
            } else {
                world.chain.mineEmpty(1);
            }
        });

        PrivateOutcome outcome = transaction.await(Duration.ofMinutes(5));

        assertThat(outcome).isEqualTo(new PrivateOutcome.Mined(transaction.hash(), OptionalLong.of(104)));
        assertThat(world.node.hasHeardOf(signed)).isFalse();
    }

    @Test
    void anotherTransactionInTheBlockWithItsNonceReplacesIt() throws InterruptedException {
        PrivateTransaction transaction = relay.send(SignedBy.owner(0));
        world.chain.mine(SignedBy.owner(0, 999));

        assertThat(transaction.poll()).isInstanceOf(PrivateOutcome.Unknown.class); // one look may mix two forks
        assertThat(transaction.poll()).isEqualTo(new PrivateOutcome.Replaced(transaction.hash()));
    }

    @Test
    void awaitEndsWhenTheTimeIsUp() throws InterruptedException {
        PrivateTransaction transaction = relay.send(SignedBy.owner(0));

        assertThat(transaction.await(Duration.ofSeconds(10))).isInstanceOf(PrivateOutcome.Pending.class);
        assertThat(world.clock.instant()).isEqualTo("2026-11-21T00:00:10Z");
    }

    @Test
    void withoutThePublicNodesNothingIsSent() {
        world.node.down(true);

        assertThatThrownBy(() -> relay.send(SignedBy.owner(0))).isInstanceOf(RpcException.class);
        assertThat(world.relay.received()).isEmpty();
    }

    @Test
    void closedRelaySendsNothing() {
        relay.close();
        relay.close();

        assertThatThrownBy(() -> relay.send(SignedBy.owner(0)))
                .isInstanceOf(RpcException.class)
                .hasMessage("the relay is closed");
        assertThat(world.relay.received()).isEmpty();
    }

    @Test
    void textThatIsNoTransactionIsTheCallersMistake() {
        for (String text : List.of("", "0x", "0xzz", "0x02c0", "0xc0")) {
            assertThatThrownBy(() -> relay.send(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void cancelledTransactionIsCancelledOnceTheRelaySaysSo() throws InterruptedException {
        PrivateTransaction transaction = relay.send(SignedBy.owner(0));

        assertThat(transaction.cancel()).isEqualTo(new PrivateOutcome.Cancelled(transaction.hash()));
        assertThat(world.relay
                        .calls("eth_cancelPrivateTransaction")
                        .getFirst()
                        .path("params")
                        .toString())
                .isEqualTo("[{\"txHash\":\"" + transaction.hash() + "\"}]");
        assertThat(relay.nextNonce(transaction.sender())).isZero();
    }

    @Test
    void cancellationWhoseAnswerIsLostIsFoundOut() throws InterruptedException {
        PrivateTransaction transaction = relay.send(SignedBy.owner(0));
        world.relay.fault("eth_cancelPrivateTransaction", Fault.CUT_AFTER);

        assertThat(transaction.cancel()).isEqualTo(new PrivateOutcome.Cancelled(transaction.hash()));
    }

    @Test
    void cancellationThatTheRelayDidNotTakeLeavesItPending() throws InterruptedException {
        PrivateTransaction transaction = relay.send(SignedBy.owner(0));
        world.relay.fault("eth_cancelPrivateTransaction", Fault.INTERNAL_ERROR);

        assertThat(transaction.cancel()).isInstanceOf(PrivateOutcome.Pending.class);
        world.chain.mine(SignedBy.owner(0));
        assertThat(transaction.cancel()).isEqualTo(new PrivateOutcome.Mined(transaction.hash(), OptionalLong.of(101)));
    }

    @Test
    void withoutAStatusApiACancelledTransactionIsCancelledWhenItsLastBlockIsOver() throws InterruptedException {
        PrivateTransaction transaction = world.open(builder -> {}).send(SignedBy.owner(0));

        assertThat(transaction.cancel()).isInstanceOf(PrivateOutcome.Pending.class);
        world.chain.mineEmpty(26);
        assertThat(transaction.poll()).isEqualTo(new PrivateOutcome.Cancelled(transaction.hash()));
    }
}
