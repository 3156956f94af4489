package dev.tocsin.rpcpool.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyTest {

    private static final String TOKEN = "0x" + "1".repeat(40);
    private static final String OTHER = "0x" + "2".repeat(40);
    private static final String FRIEND = "0x" + "3".repeat(40);
    private static final String STRANGER = "0x" + "4".repeat(40);

    private final SenderFixture fixture = new SenderFixture();
    private final TransactionSenderBuilder builder = fixture.builder();

    private static String word(String address) {
        return "0".repeat(24) + address.substring(2);
    }

    private static String amount(long amount) {
        return String.format("%064x", amount);
    }

    private static String transfer(String to, long amount) {
        return "0xa9059cbb" + word(to) + amount(amount);
    }

    private static String approve(String to, long amount) {
        return "0x095ea7b3" + word(to) + amount(amount);
    }

    private static String transferFrom(String from, String to, long amount) {
        return "0x23b872dd" + word(from) + word(to) + amount(amount);
    }

    private Optional<Limit> limit(TransactionRequest request) throws InterruptedException {
        return builder.build().send(request) instanceof TransactionOutcome.Refused refused
                ? Optional.of(refused.limit())
                : Optional.empty();
    }

    private Optional<Limit> call(String to, String data) throws InterruptedException {
        return limit(TransactionRequest.call("key " + to + data.hashCode(), to, data));
    }

    @Test
    void valueAboveTheCapIsRefusedAndTheCapItselfIsNot() throws InterruptedException {
        builder.maxValue(BigInteger.TEN);

        assertThat(limit(SenderFixture.transfer("a", 11))).contains(Limit.VALUE);
        assertThat(limit(SenderFixture.transfer("b", 10))).isEmpty();
    }

    @Test
    void onlyAllowedTargetsAreCalledWhateverTheirCase() throws InterruptedException {
        builder.allowTargets(List.of("0x" + "AbCdEf".repeat(6) + "1234"));

        assertThat(call("0x" + "aBcDeF".repeat(6) + "1234", "0x")).isEmpty();
        assertThat(call(STRANGER, "0x")).contains(Limit.TARGET);
    }

    @Test
    void deniedTargetIsRefusedEvenIfAllowed() throws InterruptedException {
        builder.allowTargets(List.of(FRIEND)).denyTargets(List.of(FRIEND));

        assertThat(call(FRIEND, "0x")).contains(Limit.TARGET);
    }

    @Test
    void listOfTargetsHoldsForThoseWhoGetTokens() throws InterruptedException {
        builder.allowTargets(List.of(FRIEND)).allowTokens(List.of(TOKEN));

        assertThat(call(TOKEN, transfer(FRIEND, 5))).isEmpty();
        assertThat(call(TOKEN, transfer(STRANGER, 5))).contains(Limit.TARGET);
        assertThat(call(TOKEN, approve(STRANGER, 5))).contains(Limit.TARGET);
        assertThat(call(TOKEN, transferFrom(FRIEND, STRANGER, 5))).contains(Limit.TARGET);
        assertThat(call(TOKEN, transferFrom(STRANGER, FRIEND, 5))).isEmpty();
    }

    @Test
    void contractThatIsCalledAsATokenDoesNotPassByTheListOfTargets() throws InterruptedException {
        builder.allowTargets(List.of(FRIEND));

        assertThat(call(STRANGER, transfer(FRIEND, 5))).contains(Limit.TARGET);
    }

    @Test
    void onlyAllowedTokensAreMovedAndDeniedOnesAreNotCalledAtAll() throws InterruptedException {
        builder.allowTokens(List.of(TOKEN)).denyTokens(List.of(OTHER));

        assertThat(call(TOKEN, transfer(FRIEND, 5))).isEmpty();
        assertThat(call(STRANGER, transfer(FRIEND, 5))).contains(Limit.TOKEN);
        assertThat(call(OTHER, "0x")).contains(Limit.TOKEN);
    }

    @Test
    void amountOfATokenIsCapped() throws InterruptedException {
        builder.maxTokenAmount(TOKEN, BigInteger.TEN);

        assertThat(call(TOKEN, transfer(FRIEND, 10))).isEmpty();
        assertThat(call(TOKEN, transfer(FRIEND, 11))).contains(Limit.TOKEN_AMOUNT);
        assertThat(call(TOKEN, approve(FRIEND, 11))).contains(Limit.TOKEN_AMOUNT);
        assertThat(call(TOKEN, "0x095ea7b3" + word(FRIEND) + "f".repeat(64))).contains(Limit.TOKEN_AMOUNT);
        assertThat(call(TOKEN, transferFrom(FRIEND, FRIEND, 11))).contains(Limit.TOKEN_AMOUNT);
    }

    @Test
    void callsThatWouldPassByTheCapOfATokenAreRefused() throws InterruptedException {
        builder.maxTokenAmount(TOKEN, BigInteger.TEN);

        assertThat(call(TOKEN, "0x39509351" + word(FRIEND) + amount(1))).contains(Limit.TOKEN); // increaseAllowance
        assertThat(call(TOKEN, transfer(FRIEND, 1).substring(0, 100)))
                .contains(Limit.TOKEN); // filled up by old contracts
        assertThat(call(TOKEN, transfer(FRIEND, 11) + "00")).contains(Limit.TOKEN_AMOUNT);
    }

    @Test
    void callOfATokenThatIsCutShortIsRefusedWhereThereAreLists() throws InterruptedException {
        String transfer = transfer(STRANGER, 256); // old contracts fill up with zeros what is missing
        assertThat(call(TOKEN, transfer.substring(0, 136))).isEmpty();

        builder.denyTargets(List.of(STRANGER));
        assertThat(call(TOKEN, transfer.substring(0, 134))).contains(Limit.TOKEN);

        builder.denyTargets(List.of()).allowTargets(List.of(TOKEN, FRIEND));
        assertThat(call(TOKEN, transfer.substring(0, 132))).contains(Limit.TOKEN);

        builder.allowTargets(List.of()).allowTokens(List.of(OTHER));
        assertThat(call(TOKEN, transfer.substring(0, 130))).contains(Limit.TOKEN);
    }

    @Test
    void addressWithDirtyHighBytesIsReadAsContractsReadIt() throws InterruptedException {
        builder.denyTargets(List.of(STRANGER));

        assertThat(call(TOKEN, "0xa9059cbb" + "f".repeat(24) + STRANGER.substring(2) + amount(1)))
                .contains(Limit.TARGET);
    }
}
