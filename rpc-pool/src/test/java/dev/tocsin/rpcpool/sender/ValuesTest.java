package dev.tocsin.rpcpool.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ValuesTest {

    private static final String TO = SenderFixture.TO;

    @Test
    void reasonsOfRevertsAreRead() {
        String word = "0000000000000000000000000000000000000000000000000000000000000020"
                + "0000000000000000000000000000000000000000000000000000000000000003"
                + "6e6f210000000000000000000000000000000000000000000000000000000000";

        assertThat(Revert.reason("0x08c379a0" + word, "?")).isEqualTo("no!");
        assertThat(Revert.isRevert("0x08c379a0" + word)).isTrue();
        assertThat(Revert.isRevert("0x" + word)).isFalse();
        assertThat(Revert.reason("0x08c379a0" + word.substring(0, 128), "?")).isEqualTo("?");
        assertThat(Revert.reason("0x4e487b71" + "0".repeat(62) + "11", "?")).isEqualTo("panic 0x11");
        assertThat(Revert.reason("0x12345678", "?")).isEqualTo("error 0x12345678");
        assertThat(Revert.reason(null, "?")).isEqualTo("?");
        assertThat(Revert.reason("0x", "?")).isEqualTo("?");
    }

    @Test
    void receiptIsShownWithoutItsTree() {
        ObjectNode tree = JsonMapper.shared().createObjectNode().put("logsBloom", "0x" + "0".repeat(512));
        tree.putArray("logs").addObject();

        assertThat(new TransactionOutcome.Confirmed(
                        new TransactionReceipt("0xa", 1, "0xb", true, 21_000, BigInteger.TEN, tree)))
                .hasToString("Confirmed[receipt=TransactionReceipt[hash=0xa, blockNumber=1, blockHash=0xb,"
                        + " isSuccess=true, gasUsed=21000, gasPriceWei=10, logs=1]]");
    }

    @Test
    void requestsAreChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> TransactionRequest.transfer(" ", TO, BigInteger.ONE));
        assertThatIllegalArgumentException().isThrownBy(() -> TransactionRequest.transfer("a", "0x1", BigInteger.ONE));
        assertThatIllegalArgumentException().isThrownBy(() -> TransactionRequest.call("a", TO, "0x123"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TransactionRequest.transfer("a", TO, BigInteger.ONE.negate()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TransactionRequest.call("a", TO, "0x").withGas(20_999));
    }

    @Test
    void releasedNonceGoesToTheNextAndTheLastOneIsCountedBack() throws InterruptedException {
        CountedNonces nonces = new CountedNonces(() -> 5, Set::of);
        assertThat(nonces.reserve("a")).isEqualTo(5);
        assertThat(nonces.reserve("b")).isEqualTo(6);
        assertThat(nonces.reserve("a")).isEqualTo(5);
        nonces.sent("b", 6);

        nonces.release("a");

        assertThat(nonces.reserve("c")).isEqualTo(5);
        assertThat(nonces.reserve("d")).isEqualTo(7);
        nonces.release("d");
        assertThat(nonces.reserve("e")).isEqualTo(7);
    }

    @Test
    void nonceThatTheChainHasPassedIsNotHandedOut() throws InterruptedException {
        long[] count = {5};
        CountedNonces nonces = new CountedNonces(() -> count[0], Set::of);
        nonces.reserve("a");
        nonces.reserve("b");
        nonces.release("a");

        count[0] = 9;

        assertThat(nonces.reserve("c")).isEqualTo(9);
    }
}
