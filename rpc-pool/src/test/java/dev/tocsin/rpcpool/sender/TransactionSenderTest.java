package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.OTHER;
import static dev.tocsin.rpcpool.sender.SenderFixture.TO;
import static dev.tocsin.rpcpool.sender.SenderFixture.gwei;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Refused;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Reverted;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Unknown;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class TransactionSenderTest {

    private final SenderFixture fixture = new SenderFixture();
    private final FakeChain chain = fixture.chain;

    private static void refusedBy(TransactionOutcome outcome, Limit limit) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.limit()).isEqualTo(limit));
    }

    private void dailyLimit(long wei) {
        fixture.limits = SpendingLimits.daily(BigInteger.valueOf(wei), fixture.clock);
    }

    @Test
    void transactionIsPricedForBaseFeesToDoubleAndGetsMoreGasThanEstimated() throws InterruptedException {
        TransactionOutcome outcome = fixture.sender().send(transfer("a", 7));

        assertThat(outcome).isInstanceOf(Confirmed.class);
        assertThat(chain.executed.getFirst().fields())
                .isEqualTo(new UnsignedTransaction(
                        1, 0, 120_000, new GasPrice.Dynamic(gwei(21), gwei(1)), TO, BigInteger.valueOf(7), "0x"));
    }

    @Test
    void chainWithoutBaseFeesGetsLegacyTransactions() throws InterruptedException {
        chain.isLegacy = true;

        fixture.sender().send(transfer("a", 7));

        assertThat(chain.executed.getFirst().fields().price()).isEqualTo(new GasPrice.Legacy(gwei(11)));
    }

    @Test
    void priceIsNeverAboveTheCap() throws InterruptedException {
        fixture.builder().maxFee(gwei(15)).build().send(transfer("a", 7));

        assertThat(chain.executed.getFirst().fields().price()).isEqualTo(new GasPrice.Dynamic(gwei(15), gwei(1)));
    }

    @Test
    void whatCannotBeMinedUnderTheCapIsRefused() throws InterruptedException {
        refusedBy(fixture.builder().maxFee(gwei(9)).build().send(transfer("a", 7)), Limit.FEE);

        assertThat(chain.seen).isEmpty();
    }

    @Test
    void gasAboveTheCapIsRefusedAndTheMultiplierStopsAtIt() throws InterruptedException {
        refusedBy(fixture.builder().maxGas(99_999).build().send(transfer("a", 7)), Limit.GAS);

        fixture.builder().maxGas(110_000).build().send(transfer("b", 7));

        assertThat(chain.executed.getFirst().fields().gas()).isEqualTo(110_000);
    }

    @Test
    void whatRevertsInTheSimulationIsNotSentAndTakesNothing() throws InterruptedException {
        dailyLimit(10);
        TransactionSender sender = fixture.builder().simulateFirst().build();
        chain.trial = new Chain.Trial.Reverts("too little");
        assertThat(sender.send(transfer("a", 10))).isEqualTo(new Reverted("too little", Optional.empty()));
        assertThat(chain.seen).isEmpty();

        chain.trial = new Chain.Trial.Passed(100_000);

        assertThat(sender.send(transfer("a", 10))).isInstanceOf(Confirmed.class);
    }

    @Test
    void poorAccountIsRefusedByTheSimulation() throws InterruptedException {
        chain.trial = new Chain.Trial.NoFunds("insufficient funds");

        refusedBy(fixture.builder().simulateFirst().build().send(transfer("a", 10)), Limit.FUNDS);
    }

    @Test
    void revertInABlockIsToldWithItsReasonAndGivesItsValueBack() throws InterruptedException {
        dailyLimit(10);
        TransactionSender sender = fixture.sender();
        chain.minesAtOnce = false;
        chain.executionReverts = true;
        fixture.afterPauses(0, () -> {
            chain.trial = new Chain.Trial.Reverts("paused");
            chain.mine();
        });

        TransactionOutcome outcome = sender.send(transfer("a", 10));

        assertThat(outcome).isInstanceOfSatisfying(Reverted.class, reverted -> {
            assertThat(reverted.reason()).isEqualTo("paused");
            assertThat(reverted.receipt()).isPresent();
        });
        assertThat(sender.send(transfer("a", 10))).as("the key is used").isEqualTo(outcome);
        chain.trial = new Chain.Trial.Passed(100_000);
        chain.executionReverts = false;
        chain.minesAtOnce = true;
        assertThat(sender.send(transfer("b", 10))).isInstanceOf(Confirmed.class);
    }

    @Test
    void confirmedOnlyWhenTheBlockIsDeepEnough() throws InterruptedException {
        fixture.afterPauses(1, chain::mine);
        fixture.afterPauses(1, chain::mine);

        fixture.builder().confirmations(3).build().send(transfer("a", 7));

        assertThat(chain.height).isEqualTo(103);
        assertThat(fixture.whileWaiting).isEmpty();
    }

    @Test
    void untilFinalWaitsForTheFinalBlock() throws InterruptedException {
        fixture.afterPauses(0, () -> chain.height += 9);
        fixture.afterPauses(0, () -> chain.height += 1);

        assertThat(fixture.builder().untilFinal().build().send(transfer("a", 7)))
                .isInstanceOf(Confirmed.class);

        assertThat(fixture.whileWaiting).isEmpty();
    }

    @Test
    void keyIsExecutedOnce() throws InterruptedException {
        TransactionSender sender = fixture.sender();

        TransactionOutcome first = sender.send(transfer("a", 7));

        assertThat(sender.send(transfer("a", 7))).isEqualTo(first);
        assertThat(chain.executed).hasSize(1);
    }

    @Test
    void keyOfAnotherRequestIsAnError() throws InterruptedException {
        TransactionSender sender = fixture.sender();
        sender.send(transfer("a", 7));

        assertThatIllegalArgumentException().isThrownBy(() -> sender.send(transfer("a", 8)));
    }

    @Test
    void dailyLimitRefusesWhatIsTooMuchUntilTheNextDay() throws InterruptedException {
        dailyLimit(10);
        TransactionSender sender = fixture.sender();
        sender.send(transfer("a", 7));

        refusedBy(sender.send(transfer("b", 4)), Limit.DAILY);
        assertThat(sender.send(transfer("c", 3))).isInstanceOf(Confirmed.class);

        fixture.clock.advance(Duration.ofHours(12));
        assertThat(sender.send(transfer("d", 10))).isInstanceOf(Confirmed.class);
    }

    @Test
    void keyThatAnotherInstanceHasReservedStaysReserved() throws InterruptedException {
        dailyLimit(10);
        fixture.limits.reserve("a", OTHER, BigInteger.TEN);

        refusedBy(fixture.sender().send(transfer("a", 10)), Limit.DAILY);

        assertThat(fixture.limits.reserve("b", OTHER, BigInteger.ONE)).isFalse();
    }

    @Test
    void noMoreThanTheAllowedNumberIsPending() throws InterruptedException {
        TransactionSender sender = fixture.builder()
                .maxPending(1)
                .giveUpAfter(Duration.ofSeconds(1))
                .build();
        chain.minesAtOnce = false;
        assertThat(sender.send(transfer("a", 1))).isInstanceOf(Unknown.class);

        refusedBy(sender.send(transfer("b", 1)), Limit.PENDING);

        chain.mine();
        assertThat(sender.recover().get("a")).isInstanceOf(Confirmed.class);
        chain.minesAtOnce = true;
        assertThat(sender.send(transfer("b", 1))).isInstanceOf(Confirmed.class);
    }

    @Test
    void unreachableNodesDropItAndGiveAllBack() throws InterruptedException {
        dailyLimit(10);
        chain.answer = rejecting(ErrorClass.TRANSPORT_NOT_SENT);
        TransactionSender sender = fixture.sender();

        assertThat(sender.send(transfer("a", 10))).isInstanceOf(Dropped.class);

        chain.answer = hash -> Optional.empty();
        assertThat(sender.send(transfer("a", 10))).isInstanceOf(Confirmed.class);
        assertThat(chain.executed.getFirst().fields().nonce()).isZero();
    }

    @Test
    void refusalOfTheNodesFreesTheNonceButCountsAgainstTheLimit() throws InterruptedException {
        dailyLimit(10);
        chain.answer = rejecting(ErrorClass.INSUFFICIENT_FUNDS);
        TransactionSender sender = fixture.sender();

        assertThat(sender.send(transfer("a", 9))).isInstanceOf(Dropped.class);

        chain.answer = hash -> Optional.empty();
        refusedBy(sender.send(transfer("b", 9)), Limit.DAILY);
        sender.send(transfer("c", 1));
        assertThat(chain.executed.getFirst().fields().nonce()).isZero();
    }

    private static Function<String, Optional<SendOutcome>> rejecting(ErrorClass errorClass) {
        return hash -> Optional.of(new SendOutcome.Rejected(hash, errorClass, "no", "fake"));
    }

    @Test
    void silentPoolBeforeTheSigningIsAnExceptionAndTakesNothing() throws InterruptedException {
        TransactionSender sender = fixture.sender();
        chain.fails = true;
        assertThatThrownBy(() -> sender.send(transfer("a", 7))).isInstanceOf(RpcException.class);

        chain.fails = false;

        assertThat(sender.send(transfer("a", 7))).isInstanceOf(Confirmed.class);
    }

    @Test
    void silentPoolAfterTheSendingIsWaitedFor() throws InterruptedException {
        chain.answer = hash -> {
            chain.fails = true;
            return Optional.empty();
        };
        fixture.afterPauses(2, () -> chain.fails = false);

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);
    }

    @Test
    void channelThatThrowsMayHaveSentAndIsWaitedFor() throws InterruptedException {
        TransactionSender sender = fixture.builder()
                .channel(hex -> {
                    chain.send(hex);
                    throw new RpcException("the answer is lost", null);
                })
                .build();

        assertThat(sender.send(transfer("a", 7))).isInstanceOf(Confirmed.class);
    }

    @Test
    void whatTheChannelDidNotSendWhenItThrewIsSentAgain() throws InterruptedException {
        List<String> tries = new ArrayList<>();
        TransactionSender sender = fixture.builder()
                .channel(hex -> {
                    tries.add(hex);
                    if (tries.size() == 1) {
                        throw new RpcException("no connection", null);
                    }
                    return chain.send(hex);
                })
                .build();

        assertThat(sender.send(transfer("a", 7))).isInstanceOf(Confirmed.class);
        assertThat(tries).hasSize(2).allMatch(tries.getFirst()::equals);
    }

    @Test
    void interruptAfterTheSendingIsAnUnknownOutcomeThatCanBeFollowed() throws InterruptedException {
        TransactionSender sender = fixture.sender();
        chain.minesAtOnce = false;
        fixture.afterPauses(0, () -> Thread.currentThread().interrupt());

        TransactionOutcome outcome = sender.send(transfer("a", 7));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome).isInstanceOf(Unknown.class);
        fixture.afterPauses(0, chain::mine);
        assertThat(sender.send(transfer("a", 7))).isInstanceOf(Confirmed.class);
        assertThat(chain.executed).hasSize(1);
    }

    @Test
    void interruptWhileSigningSendsNothingAndGivesAllBack() throws InterruptedException {
        dailyLimit(10);
        Signer interrupted = new Signer() {
            @Override
            public String address() {
                return FakeChain.ACCOUNT;
            }

            @Override
            public String sign(UnsignedTransaction transaction) throws InterruptedException {
                throw new InterruptedException();
            }
        };
        TransactionSender cannot = new TransactionSenderBuilder(chain, interrupted, chain)
                .nonces(fixture.nonces)
                .limits(fixture.limits)
                .pending(fixture.pending)
                .maxFee(gwei(80))
                .build();

        assertThatThrownBy(() -> cannot.send(transfer("a", 10))).isInstanceOf(InterruptedException.class);

        assertThat(chain.seen).isEmpty();
        assertThat(fixture.sender().send(transfer("a", 10))).isInstanceOf(Confirmed.class);
        assertThat(chain.executed.getFirst().fields().nonce()).isZero();
    }

    @Test
    void foreignTransactionWithTheNonceDropsItOnlyAfterThreeLooks() throws InterruptedException {
        TransactionSender sender = fixture.sender();
        chain.minesAtOnce = false;
        fixture.afterPauses(0, () -> chain.foreign(1));
        fixture.afterPauses(1, () -> {});

        assertThat(sender.send(transfer("a", 7))).isInstanceOf(Dropped.class);

        assertThat(fixture.whileWaiting).isEmpty();
        chain.minesAtOnce = true;
        assertThat(sender.send(transfer("b", 7))).isInstanceOf(Confirmed.class);
    }

    @Test
    void fiftySendersWithOneDailyLimitNeverExceedIt() throws Exception {
        dailyLimit(100);
        TransactionSender sender = fixture.builder()
                .maxPending(50)
                .time(time -> Thread.yield(), () -> 0L)
                .build();

        List<TransactionOutcome> outcomes = AtOnce.send(sender, 50, i -> transfer("key-" + i, 7));

        assertThat(outcomes).filteredOn(Confirmed.class::isInstance).hasSize(14);
        assertThat(outcomes)
                .filteredOn(outcome -> !(outcome instanceof Confirmed))
                .allSatisfy(outcome -> refusedBy(outcome, Limit.DAILY));
        assertThat(chain.executedWei()).isEqualTo(BigInteger.valueOf(98));
    }

    @Test
    void threadsWithOneKeySendItOnce() throws Exception {
        TransactionSender sender =
                fixture.builder().time(time -> Thread.yield(), () -> 0L).build();

        assertThat(AtOnce.send(sender, 20, i -> transfer("a", 7))).hasOnlyElementsOfType(Confirmed.class);
        assertThat(chain.executed).hasSize(1);
    }

    @Test
    void capOfTheFeeMustBeGiven() {
        TransactionSenderBuilder builder = new TransactionSenderBuilder(chain, chain, chain);

        assertThatIllegalStateException().isThrownBy(builder::build);
    }

    @Test
    void nothingPendingIsNothingToRecover() throws InterruptedException {
        assertThat(fixture.sender().recover()).isEqualTo(Map.of());
    }
}
