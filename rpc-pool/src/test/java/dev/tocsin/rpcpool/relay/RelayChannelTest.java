package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tocsin.rpcpool.relay.FakeRelay.Fault;
import dev.tocsin.rpcpool.sender.AtOnce;
import dev.tocsin.rpcpool.sender.GasPrice;
import dev.tocsin.rpcpool.sender.Limit;
import dev.tocsin.rpcpool.sender.PendingTransaction;
import dev.tocsin.rpcpool.sender.PendingTransactions;
import dev.tocsin.rpcpool.sender.SendChannel;
import dev.tocsin.rpcpool.sender.SenderTime;
import dev.tocsin.rpcpool.sender.SpendingLimits;
import dev.tocsin.rpcpool.sender.TransactionOutcome;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Refused;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Unknown;
import dev.tocsin.rpcpool.sender.TransactionRequest;
import dev.tocsin.rpcpool.sender.TransactionSender;
import dev.tocsin.rpcpool.sender.TransactionSenderBuilder;
import dev.tocsin.rpcpool.web3j.CredentialsSigner;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sender whose transactions leave by a relay. Each pause of 5 s is what the test makes of it; stuck ones are replaced after 45 s. */
class RelayChannelTest extends OverRelay {

    private static final String OWNER = SignedBy.OWNER.getAddress();
    private static final BigInteger GWEI = BigInteger.TEN.pow(9);
    private static final Pattern LONGER_THAN_AN_ADDRESS = Pattern.compile("[0-9a-fA-F]{41}");

    private final List<Runnable> steps = new ArrayList<>();

    private TransactionSenderBuilder sender(PrivateRelay through) {
        TransactionSenderBuilder builder = TransactionSender.builder(world.pool, CredentialsSigner.of(SignedBy.OWNER))
                .channel(SendChannel.through(through))
                .maxFee(GWEI.multiply(BigInteger.valueOf(80)))
                .confirmations(1)
                .pollEvery(Duration.ofSeconds(5))
                .replaceAfter(Duration.ofSeconds(45));
        return SenderTime.of(builder, this::pause, world.clock.nanoTicker());
    }

    private TransactionSenderBuilder sender() {
        return sender(relay);
    }

    private void pause(Duration time) {
        world.clock.advance(time);
        if (!steps.isEmpty()) {
            steps.removeFirst().run();
        }
    }

    /** Nothing happens so often, and then this. */
    private void afterPauses(int count, Runnable step) {
        for (int i = 0; i < count; i++) {
            steps.add(() -> {});
        }
        steps.add(step);
    }

    private static TransactionRequest transfer(String key, long wei) {
        return TransactionRequest.transfer(key, SignedBy.TO, BigInteger.valueOf(wei))
                .withGas(21_000);
    }

    private List<String> exposed() {
        return world.node.received().stream()
                .filter(request -> LONGER_THAN_AN_ADDRESS.matcher(request).find())
                .toList();
    }

    private void nothingIsPublic() {
        assertThat(world.relay.violations()).isEmpty();
        assertThat(exposed()).isEmpty();
        assertThat(world.node.waiting()).isEmpty();
    }

    private static BigInteger value(String signed) {
        return TestChain.decode(signed).getValue();
    }

    private BigInteger executedWei() {
        return world.chain.all().stream().map(RelayChannelTest::value).reduce(BigInteger.ZERO, BigInteger::add);
    }

    @Test
    void transactionIsConfirmedThoughNoPublicNodeHeardOfIt() throws InterruptedException {
        afterPauses(0, world::build);
        TransactionSender sender = sender().build();

        TransactionOutcome outcome = sender.send(transfer("a", 7));

        String signed = world.chain.all().getFirst();
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Confirmed.class,
                        confirmed -> assertThat(confirmed.receipt().hash()).isEqualTo(SignedBy.hash(signed)));
        assertThat(sender.send(transfer("a", 7))).as("the key again").isEqualTo(outcome);
        assertThat(world.relay.calls("eth_sendPrivateTransaction")).hasSize(1);
        nothingIsPublic();
    }

    @Test
    void blockLongAgoIsFound() throws InterruptedException {
        TransactionSender sender = sender().build();
        afterPauses(0, world::build);
        TransactionOutcome outcome = sender.send(transfer("a", 7));
        afterPauses(0, world::build);
        sender.send(transfer("b", 7));
        world.chain.mineEmpty(1_000);

        assertThat(sender.send(transfer("a", 7))).isEqualTo(outcome);

        nothingIsPublic();
    }

    @Test
    void stuckTransactionIsReplacedThroughTheRelay() throws InterruptedException {
        afterPauses(9, world::build);

        TransactionOutcome outcome = sender().build().send(transfer("a", 7));

        assertThat(outcome).isInstanceOf(Confirmed.class);
        assertThat(world.relay.calls("eth_sendPrivateTransaction")).hasSize(2);
        assertThat(world.relay.all()).hasSize(2).extracting(held -> held.nonce).containsOnly(0L);
        assertThat(executedWei()).isEqualTo(BigInteger.valueOf(7));
        nothingIsPublic();
    }

    @Test
    void firstAttemptThatABuilderTookAfterAllIsConfirmed() throws InterruptedException {
        afterPauses(
                9,
                () -> world.chain.mine(world.relay.all().stream()
                        .map(held -> held.signed)
                        .min((a, b) -> TestChain.fee(a).compareTo(TestChain.fee(b)))
                        .orElseThrow()));

        assertThat(sender().build().send(transfer("a", 7)))
                .isInstanceOfSatisfying(
                        Confirmed.class,
                        confirmed -> assertThat(world.chain.all())
                                .extracting(SignedBy::hash)
                                .containsExactly(confirmed.receipt().hash()));

        nothingIsPublic();
    }

    @Test
    void cancellationLeavesThroughTheRelay() throws InterruptedException {
        TransactionSender hasty = sender().giveUpAfter(Duration.ofSeconds(1)).build();
        assertThat(hasty.send(transfer("a", 7))).isInstanceOf(Unknown.class);
        afterPauses(0, world::build);

        assertThat(hasty.cancel("a").orElseThrow()).isInstanceOf(Dropped.class);

        assertThat(world.chain.all()).hasSize(1);
        assertThat(executedWei()).isZero();
        assertThat(world.relay.all()).hasSize(2).extracting(held -> held.nonce).containsOnly(0L);
        nothingIsPublic();
    }

    @Test
    void gapIsClosedThroughTheRelay() throws InterruptedException {
        String signed = SignedBy.owner(1, 7);
        GasPrice price = new GasPrice.Dynamic(GWEI.multiply(BigInteger.valueOf(20)), GWEI.shiftLeft(1));
        PendingTransaction.Attempt attempt =
                new PendingTransaction.Attempt(1, 21_000, price, signed, SignedBy.hash(signed), false);
        PendingTransactions pending = PendingTransactions.inMemory();
        pending.save(
                new PendingTransaction(transfer("a", 7), "an earlier run", List.of(attempt), false, Optional.empty()));
        for (int i = 0; i < 5; i++) {
            afterPauses(0, world::build);
        }

        assertThat(sender().pending(pending).build().recover().get("a")).isInstanceOf(Confirmed.class);

        assertThat(world.chain.all()).hasSize(2).last().isEqualTo(signed);
        assertThat(value(world.chain.all().getFirst())).isZero();
        nothingIsPublic();
    }

    @Test
    void nonceThatTheRelayHasForSomebodyElseIsNotTaken() throws InterruptedException {
        relay.send(SignedBy.owner(0, 1));
        afterPauses(0, world::build);
        afterPauses(0, world::build);

        assertThat(sender().build().send(transfer("a", 7))).isInstanceOf(Confirmed.class);

        assertThat(world.chain.all())
                .extracting(signed -> value(signed).longValueExact())
                .containsExactly(1L, 7L);
        nothingIsPublic();
    }

    @Test
    void relayCountsWhatTheSenderHasSent() throws InterruptedException {
        sender().giveUpAfter(Duration.ofSeconds(1)).build().send(transfer("a", 7));

        assertThat(relay.nextNonce(OWNER)).isEqualTo(1);
        assertThat(relay.claimedNonces(OWNER)).containsExactly(BigInteger.ZERO);
    }

    @Test
    void foreignTransactionWithTheNonceDropsIt() throws InterruptedException {
        afterPauses(0, () -> world.chain.mine(SignedBy.owner(0, 1)));

        assertThat(sender().build().send(transfer("a", 7))).isInstanceOf(Dropped.class);

        nothingIsPublic();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void whateverGoesWrongWithTheRelayItIsExecutedOnceAndNothingIsPublic(Fault fault) throws InterruptedException {
        world.relay.fault("eth_sendPrivateTransaction", fault);
        afterPauses(2, () -> world.relay.fault("eth_sendPrivateTransaction", Fault.NONE));
        for (int i = 0; i < 100; i++) {
            afterPauses(0, world::build);
        }
        TransactionSender sender = sender().build();

        TransactionOutcome outcome = sender.send(transfer("a", 7));

        if (fault == Fault.ECHO) {
            assertThat(outcome).as("the relay calls it invalid").isInstanceOf(Dropped.class);
            assertThat(world.chain.all()).isEmpty();
        } else {
            assertThat(outcome).isInstanceOf(Confirmed.class);
            assertThat(executedWei()).isEqualTo(BigInteger.valueOf(7));
        }
        nothingIsPublic();
    }

    @Test
    void unreachableRelayDropsItAndTheKeyIsFreeAgain() throws InterruptedException {
        String url = world.relay.url();
        world.relay.close();
        PrivateRelay gone = world.open(url, settings -> {});

        assertThat(sender(gone).build().send(transfer("a", 7))).isInstanceOf(Dropped.class);

        assertThat(gone.claimedNonces(OWNER)).isEmpty();
        assertThat(exposed()).isEmpty();
    }

    @Test
    void whatThePolicyLetsOutIsFollowedInPublic() throws InterruptedException {
        world.relay.fault("eth_sendPrivateTransaction", Fault.ECHO);
        PrivateRelay open = world.open(Fallback.IMMEDIATE);
        afterPauses(0, () -> world.chain.mine(world.node.waiting().toArray(String[]::new)));

        assertThat(sender(open).build().send(transfer("a", 7))).isInstanceOf(Confirmed.class);
    }

    @Test
    void requestWithoutGasIsNotShownToPublicNodes() throws InterruptedException {
        TransactionRequest request = TransactionRequest.transfer("a", SignedBy.TO, BigInteger.ONE);
        TransactionSender sender = sender().build();

        assertThatIllegalArgumentException().isThrownBy(() -> sender.send(request));

        assertThat(world.node.received()).noneMatch(asked -> asked.contains(SignedBy.TO.substring(2)));
        assertThat(world.relay.calls("eth_sendPrivateTransaction")).isEmpty();
    }

    @Test
    void optionsForOneBlockAreNotForAChannel() {
        PrivateOptions options = PrivateOptions.standard().withMaxBlock(101);

        assertThatIllegalArgumentException().isThrownBy(() -> SendChannel.through(relay, options));
    }

    @Test
    void fiftyThreadsNeverExceedTheLimitAndNoPublicNodeHearsOfThem() throws Exception {
        TransactionSender sender = SenderTime.of(
                        sender().maxPending(50).limits(SpendingLimits.daily(BigInteger.valueOf(100), world.clock)),
                        time -> world.build(),
                        () -> 0)
                .build();

        List<TransactionOutcome> outcomes = AtOnce.send(sender, 50, i -> transfer("key-" + i, 7));

        assertThat(outcomes).filteredOn(Confirmed.class::isInstance).hasSize(14);
        assertThat(outcomes)
                .filteredOn(outcome -> !(outcome instanceof Confirmed))
                .allSatisfy(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refused -> assertThat(refused.limit()).isEqualTo(Limit.DAILY)));
        assertThat(executedWei()).isEqualTo(BigInteger.valueOf(98));
        assertThat(world.relay.all()).extracting(held -> held.nonce).doesNotHaveDuplicates();
        nothingIsPublic();
    }

    @Test
    void fiftyThreadsAreAllExecutedInTheOrderOfTheirNonces() throws Exception {
        TransactionSender sender = SenderTime.of(sender().maxPending(50), time -> world.build(), () -> 0)
                .build();

        assertThat(AtOnce.send(sender, 50, i -> transfer("key-" + i, 1))).hasOnlyElementsOfType(Confirmed.class);
        assertThat(world.chain.all()).hasSize(50);
        nothingIsPublic();
    }
}
