package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AnvilNodeIT {
    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static final String SWAP = "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822";

    @Test
    void realContractsAreDeployedAndTheirLogsAreOnTheChain() throws Exception {
        try (AnvilNode node = AnvilNode.builder().chainId(777).quickFinality().start()) {
            Contracts contracts = Contracts.deploy(node);
            String other = node.accounts().get(1);

            Contracts.Receipt transfer = contracts.transfer(other, BigInteger.valueOf(12_345));
            Contracts.Receipt sale = contracts.sellTokens(BigInteger.TEN.pow(21));
            Contracts.Receipt purchase = contracts.buyTokens(BigInteger.TEN.pow(18));

            assertThat(node.rpc("eth_chainId").asString()).isEqualTo("0x309");
            assertThat(contracts.tokensOf(other)).isEqualTo(12_345);
            assertThat(transfer.logs()).hasSize(1);
            JsonNode log = transfer.logs().getFirst();
            assertThat(log.path("address").asString()).isEqualTo(contracts.token());
            assertThat(log.path("topics").get(0).asString()).isEqualTo(TRANSFER);
            assertThat(sale.logs()).anySatisfy(l -> assertSwap(l, contracts));
            assertThat(purchase.logs()).anySatisfy(l -> assertSwap(l, contracts));
            assertThat(purchase.blockNumber()).isEqualTo(node.blockNumber());
        }
    }

    @Test
    void aNodeWithABlockTimeMinesByItself() throws Exception {
        try (AnvilNode node =
                AnvilNode.builder().blockTime(Duration.ofMillis(100)).start()) {
            Waiting.until(() -> node.blockNumber() >= 3, Duration.ofSeconds(20), () -> "no three blocks");
        }
    }

    @Test
    void aReorganisationChangesTheHashes() throws Exception {
        try (AnvilNode node = AnvilNode.start()) {
            node.mine(5);
            String before = hash(node, 4);

            node.reorg(3);

            assertThat(hash(node, 4)).isNotEqualTo(before);
            assertThat(node.blockNumber()).isEqualTo(5);
        }
    }

    @Test
    void aReorganisationBringsBackTheTransactionsThatAreGiven() throws Exception {
        try (AnvilNode node = AnvilNode.start()) {
            String first = pay(node, 1);
            String second = pay(node, 2);
            String third = pay(node, 3);
            String before = hash(node, 2);

            node.reorg(2, List.of(second));

            assertThat(node.blockNumber()).isEqualTo(3);
            assertThat(block(node, first)).isEqualTo(hash(node, 1));
            assertThat(block(node, second)).isEqualTo(hash(node, 2)).isNotEqualTo(before);
            assertThat(block(node, third)).isEmpty();
        }
    }

    @Test
    void aRevertTakesBackWhatWasMinedSinceTheSnapshot() throws Exception {
        try (AnvilNode node = AnvilNode.start()) {
            node.mine(2);
            String snapshot = node.snapshot();
            String paid = pay(node, 1);

            node.revert(snapshot);

            assertThat(node.blockNumber()).isEqualTo(2);
            assertThat(block(node, paid)).isEmpty();
        }
    }

    @Test
    void aKilledNodeIsGone() throws Exception {
        try (AnvilNode node = AnvilNode.start()) {
            node.kill9();

            assertThat(node.process().isAlive()).isFalse();
        }
    }

    private static void assertSwap(JsonNode log, Contracts contracts) {
        assertThat(log.path("address").asString()).isEqualTo(contracts.pair());
        assertThat(log.path("topics").get(0).asString()).isEqualTo(SWAP);
    }

    private static String pay(AnvilNode node, int wei) throws InterruptedException {
        List<String> accounts = node.accounts();
        return node.rpc(
                        "eth_sendTransaction",
                        Map.of("from", accounts.get(0), "to", accounts.get(1), "value", "0x" + wei))
                .asString();
    }

    /** The hash of the block that holds the transaction; empty if none does. */
    private static String block(AnvilNode node, String transaction) throws InterruptedException {
        return node.rpc("eth_getTransactionReceipt", transaction)
                .path("blockHash")
                .asString("");
    }

    private static String hash(AnvilNode node, int number) throws InterruptedException {
        return node.rpc("eth_getBlockByNumber", "0x" + Integer.toHexString(number), false)
                .path("hash")
                .asString();
    }
}
