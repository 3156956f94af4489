package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What is told of a request, from its simulation to its end. */
class TransactionSenderListenerTest implements TransactionSenderListener {

    private final SenderFixture fixture = new SenderFixture();
    private final FakeChain chain = fixture.chain;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Sent> sent = new CopyOnWriteArrayList<>();

    @Override
    public void onSimulated(String key, Optional<TransactionOutcome> against, Duration took) {
        told.add(key + " simulated " + against.map(this::word).orElse("passed"));
    }

    @Override
    public void onSent(String key, Sent attempt) {
        sent.add(attempt);
        told.add(key + " sent " + attempt.purpose() + " "
                + attempt.outcome().getClass().getSimpleName());
    }

    @Override
    public void onOutcome(String key, TransactionOutcome outcome, Duration took) {
        told.add(key + " " + word(outcome) + " in " + took.toSeconds() + " s");
    }

    private String word(TransactionOutcome outcome) {
        return outcome instanceof TransactionOutcome.Refused refused
                ? "Refused " + refused.limit()
                : outcome.getClass().getSimpleName();
    }

    private TransactionSenderBuilder builder() {
        return fixture.builder().listener(this);
    }

    @Test
    void simulationSendingAndConfirmationAreToldOnce() throws InterruptedException {
        TransactionSender sender = builder().simulateFirst().build();

        sender.send(transfer("a", 7));
        sender.send(transfer("a", 7));

        assertThat(told).containsExactly("a simulated passed", "a sent FIRST Accepted", "a Confirmed in 0 s");
        assertThat(sent.getFirst().hash()).isEqualTo(chain.seen.getFirst().hash());
        assertThat(sent.getFirst().price())
                .isEqualTo(chain.seen.getFirst().fields().price());
    }

    @Test
    void whatRevertsInTheSimulationIsToldAndNotSent() throws InterruptedException {
        chain.trial = new Chain.Trial.Reverts("paused");

        builder().simulateFirst().build().send(transfer("a", 7));

        assertThat(told).containsExactly("a simulated Reverted", "a Reverted in 0 s");
    }

    @Test
    void refusalIsToldWithItsLimit() throws InterruptedException {
        fixture.limits = SpendingLimits.daily(BigInteger.TEN, fixture.clock);

        builder().build().send(transfer("a", 11));
        builder().maxValue(BigInteger.ONE).build().send(transfer("b", 2));

        assertThat(told).containsExactly("a Refused DAILY in 0 s", "b Refused VALUE in 0 s");
    }

    @Test
    void replacementIsTold() throws InterruptedException {
        chain.minesAtOnce = false;
        fixture.afterPauses(9, chain::mine);

        builder().build().send(transfer("a", 7));

        assertThat(told).containsExactly("a sent FIRST Accepted", "a sent REPLACEMENT Accepted", "a Confirmed in 50 s");
    }

    @Test
    void unknownOutcomeIsToldAndThenItsCancellation() throws InterruptedException {
        chain.minesAtOnce = false;
        TransactionSender sender = builder().giveUpAfter(Duration.ofSeconds(1)).build();
        sender.send(transfer("a", 7));
        fixture.afterPauses(0, chain::mine);

        sender.cancel("a");

        assertThat(told)
                .containsExactly(
                        "a sent FIRST Accepted",
                        "a Unknown in 5 s",
                        "a sent CANCELLATION Accepted",
                        "a Dropped in 5 s");
    }

    @Test
    void rejectionIsTold() throws InterruptedException {
        chain.answer = hash -> Optional.of(new SendOutcome.Rejected(hash, ErrorClass.TX_INVALID, "no", "fake"));

        builder().build().send(transfer("a", 7));

        assertThat(told).containsExactly("a sent FIRST Rejected", "a Dropped in 0 s");
    }

    @Test
    void sameBytesAgainAreTold() throws InterruptedException {
        chain.answer = hash -> chain.seen.size() == 1
                ? Optional.of(new SendOutcome.Rejected(hash, ErrorClass.RATE_LIMITED, "slow down", "fake"))
                : Optional.empty();

        builder().build().send(transfer("a", 7));

        assertThat(told).containsExactly("a sent FIRST Rejected", "a sent AGAIN Accepted", "a Confirmed in 5 s");
    }

    @Test
    void listenerThatThrowsHurtsNobody() throws InterruptedException {
        TransactionSenderListener broken = new TransactionSenderListener() {
            @Override
            public void onSent(String key, Sent attempt) {
                throw new IllegalStateException("broken");
            }
        };

        assertThat(fixture.builder().listener(broken).listener(this).build().send(transfer("a", 7)))
                .isInstanceOf(Confirmed.class);

        assertThat(told).contains("a sent FIRST Accepted");
    }
}
