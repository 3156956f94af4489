package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.TO;
import static dev.tocsin.rpcpool.sender.SenderFixture.gwei;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.sender.TransactionOutcome.Refused;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a refusal says: the numbers, the setting and the unit. */
class RefusedTest {

    private static final String TOKEN = "0x" + "1".repeat(40);
    private static final String OTHER = "0x" + "2".repeat(40);
    private static final String TRANSFER = "0xa9059cbb" + "0".repeat(24) + TO.substring(2) + String.format("%064x", 11);

    private final SenderFixture fixture = new SenderFixture();
    private final TransactionSenderBuilder builder = fixture.builder();

    private void refused(TransactionRequest request, Limit limit, String message) throws InterruptedException {
        assertThat(builder.build().send(request)).isEqualTo(new Refused(limit, message));
    }

    @Test
    void valueWithItsCap() throws InterruptedException {
        builder.maxValue(BigInteger.TEN);

        refused(transfer("a", 11), Limit.VALUE, "11 wei are more than maxValue, 10 wei");
    }

    @Test
    void gasWithItsCap() throws InterruptedException {
        builder.maxGas(99_999);

        refused(transfer("a", 1), Limit.GAS, "100000 units of gas are more than maxGas, 99999");
    }

    @Test
    void priceOfGasWithItsCap() throws InterruptedException {
        builder.maxFee(BigInteger.valueOf(80));

        refused(transfer("a", 1), Limit.FEE, "a unit of gas costs " + gwei(10) + " wei now, more than maxFee, 80 wei");
    }

    @Test
    void whatIsLeftOfTheDayAndItsLimit() throws InterruptedException {
        builder.limits(SpendingLimits.daily(BigInteger.TEN, fixture.clock));
        builder.build().send(transfer("a", 7));

        refused(transfer("b", 4), Limit.DAILY, "4 wei are more than is left of the day (2026-05-01, UTC): 3 of 10 wei");
    }

    @Test
    void keyThatIsReservedAlready() throws InterruptedException {
        SpendingLimits limits = SpendingLimits.daily(BigInteger.TEN, fixture.clock);
        limits.reserve("a", "another", BigInteger.ONE);
        builder.limits(limits);

        refused(transfer("a", 1), Limit.DAILY, "1 wei are reserved for the key already");
    }

    @Test
    void limitsThatSayNoNumbersAreStillNamed() throws InterruptedException {
        builder.limits(new SpendingLimits() {
            @Override
            public boolean reserve(String key, String owner, BigInteger wei) {
                return false;
            }

            @Override
            public void settle(String key, String owner) {
                throw new AssertionError("nothing is reserved");
            }

            @Override
            public void release(String key, String owner) {
                throw new AssertionError("nothing is reserved");
            }
        });

        refused(
                transfer("a", 1),
                Limit.DAILY,
                "1 wei are more than the limits allow now, or the key is reserved already");
    }

    @Test
    void howManyMayBePending() throws InterruptedException {
        fixture.chain.minesAtOnce = false;
        TransactionSender sender =
                builder.maxPending(1).giveUpAfter(Duration.ofMillis(1)).build();
        sender.send(transfer("a", 1));

        assertThat(sender.send(transfer("b", 1)))
                .isEqualTo(new Refused(Limit.PENDING, "as many are pending as maxPending allows, 1"));
    }

    @Test
    void listOfTheTarget() throws InterruptedException {
        builder.denyTargets(List.of(TO));
        refused(transfer("a", 1), Limit.TARGET, TO + " is in denyTargets");

        builder.denyTargets(List.of()).allowTargets(List.of(OTHER));
        refused(transfer("a", 1), Limit.TARGET, TO + " is not in allowTargets");
    }

    @Test
    void listOfTheToken() throws InterruptedException {
        TransactionRequest request = TransactionRequest.call("a", TOKEN, TRANSFER);

        builder.denyTokens(List.of(TOKEN));
        refused(request, Limit.TOKEN, TOKEN + " is in denyTokens");

        builder.denyTokens(List.of()).allowTokens(List.of(OTHER));
        refused(request, Limit.TOKEN, TOKEN + " is not in allowTokens");

        builder.allowTokens(List.of()).allowTargets(List.of(TO));
        refused(request, Limit.TARGET, TOKEN + " is not in allowTargets");
    }

    @Test
    void listOfTheOneWhoGetsTokens() throws InterruptedException {
        TransactionRequest request = TransactionRequest.call("a", TOKEN, TRANSFER);

        builder.denyTargets(List.of(TO));
        refused(request, Limit.TARGET, TO + ", who would get tokens, is in denyTargets");

        builder.denyTargets(List.of()).allowTokens(List.of(TOKEN)).allowTargets(List.of(OTHER));
        refused(request, Limit.TARGET, TO + ", who would get tokens, is not in allowTargets");
    }

    @Test
    void amountOfTheTokenWithItsCap() throws InterruptedException {
        builder.maxTokenAmount(TOKEN, BigInteger.TEN);

        refused(
                TransactionRequest.call("a", TOKEN, TRANSFER),
                Limit.TOKEN_AMOUNT,
                "11 of " + TOKEN + " are more than maxTokenAmount, 10");
        refused(
                TransactionRequest.call("b", TOKEN, "0x39509351"),
                Limit.TOKEN,
                "a call that is no transfer, transferFrom or approve of " + TOKEN
                        + ", which is in allowTokens or has a maxTokenAmount, and is not in allowTargets");
    }
}
