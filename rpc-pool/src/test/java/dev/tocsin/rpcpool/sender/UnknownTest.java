package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.gwei;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Unknown;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an unknown outcome says about where the transaction is. */
class UnknownTest {

    private final SenderFixture fixture = new SenderFixture();
    private final FakeChain chain = fixture.chain;
    private final TransactionSenderBuilder givingUpAtOnce =
            fixture.builder().confirmations(3).giveUpAfter(Duration.ofMillis(1));

    private static void says(TransactionOutcome outcome, String cause) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.cause()).isEqualTo(cause));
    }

    @Test
    void inWhichBlockAndHowManyConfirmations() throws InterruptedException {
        TransactionSender sender = givingUpAtOnce.build();

        says(sender.send(transfer("a", 7)), "in block 101, 1 of 3 confirmations");
        chain.mine();
        says(sender.send(transfer("a", 7)), "in block 101, 2 of 3 confirmations");
        chain.mine();
        assertThat(sender.send(transfer("a", 7))).isInstanceOf(Confirmed.class);
    }

    @Test
    void nodeThatHasNotSeenTheBlockYetTakesNoConfirmationAway() throws InterruptedException {
        TransactionSender sender = givingUpAtOnce.build();
        sender.send(transfer("a", 7));

        chain.height = 90;

        says(sender.send(transfer("a", 7)), "in block 101, 1 of 3 confirmations");
    }

    @Test
    void whichBlockIsFinal() throws InterruptedException {
        says(
                givingUpAtOnce.untilFinal().build().send(transfer("a", 7)),
                "in block 101, and the newest final one is 91");
    }

    @Test
    void whichAttemptIsInTheBlockIfItIsNotTheLastOne() throws InterruptedException {
        chain.minesAtOnce = false;
        chain.answer = hash -> chain.seen.size() == 1
                ? Optional.empty()
                : Optional.of(new SendOutcome.Accepted(hash, "fake")); // and loses it
        TransactionSender sender =
                givingUpAtOnce.replaceAfter(Duration.ofMillis(1)).build();
        sender.send(transfer("a", 7));
        String first = chain.seen.getFirst().hash();

        chain.mine();

        assertThat(chain.seen.getLast().fields().price().mostWei()).isGreaterThan(gwei(21));
        says(sender.send(transfer("a", 7)), first + " is in block 101, 1 of 3 confirmations");
    }

    @Test
    void notSeenInABlockOnceItsBlockIsGone() throws InterruptedException {
        fixture.afterPauses(0, () -> chain.orphan(chain.seen.getFirst()));

        TransactionOutcome outcome = fixture.builder()
                .confirmations(3)
                .giveUpAfter(Duration.ofSeconds(10))
                .build()
                .send(transfer("a", 7));

        says(outcome, "not seen in a block");
    }
}
