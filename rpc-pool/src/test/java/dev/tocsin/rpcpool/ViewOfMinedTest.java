package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the view makes of receipts, and of blocks that nobody gives. */
class ViewOfMinedTest extends ViewFixture {

    @Test
    void noReceiptIsBelievedOfANodeThatHasTheTip() throws InterruptedException {
        answers.add(says(0, "null"));

        assertThat(ask("eth_getTransactionReceipt", "0xab").isNull()).isTrue();
        assertThat(asked).hasSize(1);
    }

    @Test
    void noReceiptOfANodeThatIsBehindIsAskedOfOneOther() throws InterruptedException {
        of(Pinning.WHEN_NODES_DIFFER, 100, 100, 99);
        answers.add(says(2, "null"));
        answers.add(says(2, "null"));

        assertThat(ask("eth_getTransactionReceipt", "0xab").isNull()).isTrue();
        assertThat(asked).hasSize(2);
    }

    @Test
    void receiptThatWasSeenIsAskedOfOthersAndMayVanishWithItsBlock() throws InterruptedException {
        String receipt = "{\"blockNumber\":\"0x64\"}";
        answers.add(says(0, receipt));
        answers.add(says(1, "null"));
        answers.add(says(2, receipt));

        assertThat(ask("eth_getTransactionReceipt", "0xab").isNull()).isFalse();
        assertThat(ask("eth_getTransactionReceipt", "0xab").node()).isEqualTo("n2");

        IntStream.range(0, 50).forEach(i -> answers.add(says(i % 3, "null")));
        assertThat(ask("eth_getTransactionReceipt", "0xab").isNull()).isTrue();
    }

    @Test
    void receiptInABlockThatOnlyItsNodeHasLiftsTheTip() throws InterruptedException {
        answers.add(says(0, "{\"blockNumber\":\"0x65\"}"));
        answers.add(says(0, "{\"blockNumber\":\"0x3e8\"}"));

        ask("eth_getTransactionReceipt", "0xab");
        ask("eth_getTransactionReceipt", "0xcd");

        assertThat(chain.tip()).as("not the one that is far above").isEqualTo(101);
    }

    @Test
    void receiptsOfOneNodeLiftTheTipNoFurtherThanTheOthersMayLag() throws InterruptedException {
        for (long block = 101; block < 120; block++) {
            answers.add(says(0, "{\"blockNumber\":\"0x" + Long.toHexString(block) + "\"}"));
            ask("eth_getTransactionReceipt", "0x" + block);
        }

        assertThat(chain.tip()).isEqualTo(102);
    }

    @Test
    void anotherTransactionOfTheSenderMayBeUnknownThoughOneWasSeen() throws InterruptedException {
        answers.add(says(0, "{\"blockNumber\":\"0x64\"}"));
        ask("eth_getTransactionBySenderAndNonce", "0xa", "0x5");
        answers.add(says(1, "null"));

        assertThat(ask("eth_getTransactionBySenderAndNonce", "0xa", "0x6").isNull())
                .isTrue();
        assertThat(asked).hasSize(2);
        assertThat(chain.nodesDiffer()).as("nobody has gone back").isFalse();
    }

    @Test
    void blockOfAReceiptThatTheOthersHaveAsWellIsTheTipHoweverFarTheyHaveCome() throws InterruptedException {
        toldLater = 400;
        answers.add(says(0, "{\"blockNumber\":\"0x190\"}"));

        ask("eth_getTransactionReceipt", "0xab");

        assertThat(chain.tip()).isEqualTo(400);
    }

    @Test
    void tipThatNobodyButOneEverToldOfIsGivenUpOnceNobodyGivesIt() throws InterruptedException {
        answers.add(says(0, "{\"blockNumber\":\"0x65\"}"));
        ask("eth_getTransactionReceipt", "0xab");
        denied = "0x65";

        assertThat(ask("eth_call", Map.of(), "latest").asLong()).isEqualTo(1);
        assertThat(asked).last().isEqualTo("call[{}, 0x64] 100");
        assertThat(chain.tip()).isEqualTo(100);
    }

    @Test
    void tipThatMostHadIsKeptThoughNobodyGivesIt() throws InterruptedException {
        nodes.forEach(node -> chain.learned(node, 101));
        assertThat(chain.tip()).isEqualTo(101);
        chain.shown(101);
        nodes.forEach(node -> chain.learned(node, 100));
        denied = "0x65";

        assertThatThrownBy(() -> ask("eth_call", Map.of(), "latest")).isInstanceOf(RpcRejectedException.class);
        assertThat(chain.tip()).isEqualTo(101);
    }

    @Test
    void callOfABatchThatNobodyServesKeepsTheOutcomesOfTheOthers() throws InterruptedException {
        of(Pinning.ALWAYS, 100, 100, 100);
        denied = "0x64";
        List<RpcCall> calls = List.of(
                RpcCall.of("eth_chainId"),
                RpcCall.of("eth_getBlockByNumber", "latest", false),
                RpcCall.of("eth_call", Map.of()));

        List<CallOutcome> outcomes = view.batch(calls, new CallContext(clock.nanos() + 1_000_000_000, -1));

        assertThat(outcomes.get(1))
                .isInstanceOfSatisfying(
                        CallOutcome.Rejected.class,
                        refusal -> assertThat(refusal.errorClass()).isEqualTo(ErrorClass.FUTURE_BLOCK));
        assertThat(LayeredCaller.result("", outcomes.get(2)).asLong()).isEqualTo(9);
    }
}
