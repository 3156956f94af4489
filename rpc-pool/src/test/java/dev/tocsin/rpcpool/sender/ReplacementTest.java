package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.gwei;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Unknown;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits too long. Replaced after 45 s, looked at every 5 s: so at every tenth look. */
class ReplacementTest {

    private final SenderFixture fixture = new SenderFixture();
    private final FakeChain chain = fixture.chain;

    @BeforeEach
    void nothingIsMined() {
        chain.minesAtOnce = false;
    }

    private List<GasPrice> prices() {
        return chain.seen.stream().map(sent -> sent.fields().price()).toList();
    }

    @Test
    void stuckTransactionIsReplacedByOneThatPaysAnEighthMore() throws InterruptedException {
        fixture.afterPauses(9, chain::mine);

        TransactionOutcome outcome = fixture.sender().send(transfer("a", 7));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Confirmed.class,
                        confirmed -> assertThat(confirmed.receipt().hash())
                                .isEqualTo(chain.seen.getLast().hash()));
        assertThat(chain.seen).extracting(sent -> sent.fields().nonce()).containsExactly(0L, 0L);
        assertThat(prices())
                .containsExactly(
                        new GasPrice.Dynamic(gwei(21), gwei(1)),
                        new GasPrice.Dynamic(new BigInteger("23625000000"), new BigInteger("1125000000")));
        assertThat(chain.executedWei()).isEqualTo(BigInteger.valueOf(7));
    }

    @Test
    void nothingIsReplacedBeforeItsTime() throws InterruptedException {
        fixture.afterPauses(8, chain::mine);

        fixture.sender().send(transfer("a", 7));

        assertThat(chain.seen).hasSize(1);
    }

    @Test
    void replacementFollowsARisenBaseFee() throws InterruptedException {
        fixture.afterPauses(3, () -> chain.baseFee = gwei(30));
        fixture.afterPauses(5, chain::mine);

        fixture.sender().send(transfer("a", 7));

        assertThat(prices().getLast()).isEqualTo(new GasPrice.Dynamic(gwei(61), new BigInteger("1125000000")));
    }

    @Test
    void atTheCapTheSameBytesAreSentAgain() throws InterruptedException {
        TransactionOutcome outcome = fixture.builder().maxFee(gwei(22)).build().send(transfer("a", 7));

        assertThat(outcome).isInstanceOf(Unknown.class);
        assertThat(chain.seen).hasSizeGreaterThan(5);
        assertThat(chain.seen)
                .extracting(FakeChain.Sent::hash)
                .containsOnly(chain.seen.getFirst().hash());
    }

    @Test
    void replacementsEndAtTheCapWithATenthMoreAtLeast() throws InterruptedException {
        fixture.builder().maxFee(gwei(26)).build().send(transfer("a", 7));

        assertThat(prices())
                .extracting(GasPrice::mostWei)
                .contains(gwei(26))
                .allSatisfy(price -> assertThat(price).isLessThanOrEqualTo(gwei(26)));
    }

    @Test
    void transactionBehindAnotherIsNotReplaced() throws InterruptedException {
        chain.nonce(FakeChain.ACCOUNT, "pending");
        fixture.nonces.sent("another", 0);
        fixture.afterPauses(20, () -> chain.foreign(1));
        fixture.afterPauses(0, chain::mine);

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);

        assertThat(chain.seen)
                .extracting(FakeChain.Sent::hash)
                .containsOnly(chain.seen.getFirst().hash());
    }

    @Test
    void underpricedTransactionIsRaisedAtOnce() throws InterruptedException {
        chain.answer = hash -> chain.seen.size() == 1
                ? Optional.of(new SendOutcome.Rejected(hash, ErrorClass.FEE_BELOW_BASE, "fee too low", "fake"))
                : Optional.empty();
        fixture.afterPauses(0, chain::mine);

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);

        assertThat(chain.seen).hasSize(2);
    }

    @Test
    void transactionThatThePoolForgotIsMinedInOneOfItsAttempts() throws InterruptedException {
        fixture.afterPauses(2, chain::forget);
        fixture.afterPauses(8, chain::mine);

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);
        assertThat(chain.executed).hasSize(1);
    }

    @Test
    void firstAttemptMinedAfterAllIsConfirmed() throws InterruptedException {
        FakeChain.Sent[] first = new FakeChain.Sent[1];
        fixture.afterPauses(9, () -> {
            first[0] = chain.seen.getFirst();
            chain.forget();
            chain.send(Hex.of(first[0].fields().toString().getBytes(StandardCharsets.UTF_8)));
            chain.mine();
        });

        assertThat(fixture.sender().send(transfer("a", 7)))
                .isInstanceOfSatisfying(
                        Confirmed.class,
                        confirmed -> assertThat(confirmed.receipt().hash()).isEqualTo(first[0].hash()));
    }

    @Test
    void cancelledTransactionIsDroppedAndItsValueGivenBack() throws InterruptedException {
        fixture.limits = SpendingLimits.daily(BigInteger.TEN, fixture.clock);
        TransactionSender sender =
                fixture.builder().giveUpAfter(Duration.ofSeconds(1)).build();
        sender.send(transfer("a", 10));
        fixture.afterPauses(0, chain::mine);

        Optional<TransactionOutcome> outcome = fixture.builder().build().cancel("a");

        assertThat(outcome).hasValueSatisfying(dropped -> assertThat(dropped).isInstanceOf(Dropped.class));
        FakeChain.Sent cancelling = chain.executed.getFirst();
        assertThat(((Dropped) outcome.orElseThrow()).by()).contains(cancelling.hash());
        assertThat(cancelling.fields().to()).isEqualTo(FakeChain.ACCOUNT);
        assertThat(chain.executedWei()).isZero();
        chain.minesAtOnce = true;
        assertThat(fixture.sender().send(transfer("b", 10))).isInstanceOf(Confirmed.class);
    }

    @Test
    void whatIsMinedCannotBeCancelled() throws InterruptedException {
        TransactionSender sender =
                fixture.builder().giveUpAfter(Duration.ofSeconds(1)).build();
        sender.send(transfer("a", 7));
        chain.mine();

        assertThat(sender.cancel("a"))
                .hasValueSatisfying(outcome -> assertThat(outcome).isInstanceOf(Confirmed.class));
        assertThat(sender.cancel("a")).as("nothing is pending").isEmpty();
    }

    @Test
    void stuckCancellationIsReplacedByAnotherCancellation() throws InterruptedException {
        TransactionSender sender =
                fixture.builder().giveUpAfter(Duration.ofSeconds(1)).build();
        sender.send(transfer("a", 7));
        fixture.afterPauses(15, chain::mine);

        assertThat(fixture.sender().cancel("a"))
                .hasValueSatisfying(outcome -> assertThat(outcome).isInstanceOf(Dropped.class));

        assertThat(chain.executedWei()).isZero();
        assertThat(chain.executed.getFirst().hash())
                .isEqualTo(chain.seen.getLast().hash());
        assertThat(prices().stream().distinct()).hasSize(3);
    }
}
