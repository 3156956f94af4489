package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is not executed, and what only seems not to be. */
class DroppedTest {

    private static final String OTHER = "0x" + "c".repeat(64);

    private final SenderFixture fixture = new SenderFixture();
    private final FakeChain chain = fixture.chain;

    /** From the first send on, nodes say that another has the nonce. */
    private void saysReplaced(Optional<String> by) {
        chain.answer = hash -> Optional.of(new SendOutcome.Replaced(hash, by, "nonce too low", "fake"));
    }

    private void taken(FakeChain.Sent sent) {
        chain.answer = hash -> Optional.empty();
        chain.send(Hex.of(sent.fields().toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void nodesThatCallItReplacedAreNotBelievedWhenABlockHasIt() throws InterruptedException {
        saysReplaced(Optional.empty());
        fixture.afterPauses(0, () -> taken(chain.seen.getFirst()));
        TransactionSender sender = fixture.sender();

        TransactionOutcome outcome = sender.send(transfer("a", 7));

        assertThat(outcome).isInstanceOf(Confirmed.class);
        assertThat(sender.send(transfer("a", 7))).isEqualTo(outcome);
        assertThat(chain.executedWei()).isEqualTo(BigInteger.valueOf(7));
    }

    @Test
    void calledReplacedWhileItsNonceIsUnusedItIsSentAgain() throws InterruptedException {
        chain.answer = hash -> chain.seen.size() == 1
                ? Optional.of(new SendOutcome.Replaced(hash, Optional.of(OTHER), "nonce too low", "fake"))
                : Optional.empty();

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);

        assertThat(chain.seen)
                .hasSize(2)
                .extracting(FakeChain.Sent::hash)
                .containsOnly(chain.seen.getFirst().hash());
    }

    @Test
    void replacedByAnUnknownOneIsDroppedAfterThreeLooks() throws InterruptedException {
        saysReplaced(Optional.empty());
        chain.foreign(1);
        long before = fixture.clock.nanoTicker().getAsLong();

        TransactionOutcome outcome = behind().send(transfer("a", 7));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Dropped.class, dropped -> assertThat(dropped.by()).isEmpty());
        assertThat(fixture.clock.nanoTicker().getAsLong() - before)
                .isEqualTo(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void replacedByOneThatABlockHasIsDroppedAtOnce() throws InterruptedException {
        saysReplaced(Optional.of(OTHER));
        chain.foreign(1);
        chain.executed(OTHER);
        long before = fixture.clock.nanoTicker().getAsLong();

        TransactionOutcome outcome = behind().send(transfer("a", 7));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Dropped.class, dropped -> assertThat(dropped.by()).contains(OTHER));
        assertThat(fixture.clock.nanoTicker().getAsLong()).isEqualTo(before);
    }

    @Test
    void replacedByOneThatNoBlockHasIsDroppedAfterThreeLooks() throws InterruptedException {
        saysReplaced(Optional.of(OTHER));
        chain.foreign(1);
        long before = fixture.clock.nanoTicker().getAsLong();

        assertThat(behind().send(transfer("a", 7)))
                .isInstanceOfSatisfying(
                        Dropped.class, dropped -> assertThat(dropped.by()).isEmpty());
        assertThat(fixture.clock.nanoTicker().getAsLong() - before)
                .isEqualTo(Duration.ofSeconds(10).toNanos());
    }

    /** Its nonces come from a node that has not seen the foreign transaction. */
    private TransactionSender behind() {
        return fixture.builder().nonces(new CountedNonces(() -> 0, Set::of)).build();
    }

    @Test
    void keyOfWhatWasDisplacedGetsItsOutcomeAgainAndIsNeverExecuted() throws InterruptedException {
        saysReplaced(Optional.empty());
        chain.foreign(1);
        TransactionOutcome outcome = behind().send(transfer("a", 7));
        chain.answer = hash -> Optional.empty();
        TransactionSender afterARestart = fixture.sender();

        assertThat(afterARestart.recover()).isEmpty();
        assertThat(afterARestart.send(transfer("a", 7))).isEqualTo(outcome).isInstanceOf(Dropped.class);

        assertThat(afterARestart.cancel("a")).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> afterARestart.send(transfer("a", 8)));
        assertThat(chain.executed).isEmpty();
        assertThat(chain.seen).hasSize(1);
    }

    @Test
    void keyOfWhatWasRejectedGetsItsOutcomeAgainThoughANodeKeptTheBytes() throws InterruptedException {
        chain.answer = hash ->
                Optional.of(new SendOutcome.Rejected(hash, ErrorClass.INSUFFICIENT_FUNDS, "too little", "fake"));
        TransactionSender sender = fixture.sender();
        TransactionOutcome outcome = sender.send(transfer("a", 7));
        taken(chain.seen.getFirst());

        assertThat(sender.send(transfer("a", 7))).isEqualTo(outcome).isInstanceOf(Dropped.class);

        assertThat(chain.executedWei()).isEqualTo(BigInteger.valueOf(7));
    }

    @Test
    void keyOfWhatWasCancelledGetsItsOutcomeAgain() throws InterruptedException {
        chain.minesAtOnce = false;
        TransactionSender sender =
                fixture.builder().giveUpAfter(Duration.ofSeconds(1)).build();
        sender.send(transfer("a", 7));
        fixture.afterPauses(0, chain::mine);
        TransactionOutcome cancelled = sender.cancel("a").orElseThrow();
        chain.minesAtOnce = true;

        assertThat(sender.send(transfer("a", 7))).isEqualTo(cancelled);

        assertThat(chain.executedWei()).isZero();
    }

    @Test
    void turnedAwayUnreadItIsSentAgain() throws InterruptedException {
        chain.answer = hash -> chain.seen.size() < 4
                ? Optional.of(new SendOutcome.Rejected(hash, ErrorClass.RATE_LIMITED, "slow down", "fake"))
                : Optional.empty();

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);

        assertThat(chain.seen)
                .hasSize(4)
                .extracting(FakeChain.Sent::hash)
                .containsOnly(chain.seen.getFirst().hash());
    }

    @Test
    void replacementThatIsRejectedForWhatItIsIsNotSentAtEveryLook() throws InterruptedException {
        chain.minesAtOnce = false;
        chain.answer = hash -> chain.seen.size() == 1
                ? Optional.empty()
                : Optional.of(new SendOutcome.Rejected(hash, ErrorClass.INSUFFICIENT_FUNDS, "too little", "fake"));
        fixture.afterPauses(17, chain::mine);

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);

        assertThat(chain.seen).as("the first, and the replacement after 45 s").hasSize(2);
    }

    @Test
    void gapWhoseTransactionWasRejectedIsTriedAgain() throws InterruptedException {
        fixture.nonces.reserve("x");
        fixture.afterPauses(5, () -> {
            fixture.nonces.release("x");
            chain.answer = hash -> chain.seen.getLast().fields().nonce() == 0 && chain.seen.size() < 5
                    ? Optional.of(new SendOutcome.Rejected(hash, ErrorClass.INSUFFICIENT_FUNDS, "too little", "fake"))
                    : Optional.empty();
        });

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);

        assertThat(chain.executed).extracting(sent -> sent.fields().nonce()).containsExactly(0L, 1L);
    }
}
