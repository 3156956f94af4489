package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;
import tools.jackson.databind.JsonNode;

/**
 * What a transaction did, as its block says.
 *
 * @param hash the transaction's
 * @param blockNumber of its block
 * @param blockHash of its block
 * @param isSuccess whether it was executed; if not, it reverted, and only its gas was paid
 * @param gasUsed units of gas
 * @param gasPriceWei what a unit cost; zero where the node does not say
 * @param tree the whole receipt, with its logs; not to be changed
 */
public record TransactionReceipt(
        String hash,
        long blockNumber,
        String blockHash,
        boolean isSuccess,
        long gasUsed,
        BigInteger gasPriceWei,
        JsonNode tree) {

    /** Without the tree, of which it only tells how many logs there are. */
    @Override
    public String toString() {
        return "TransactionReceipt[hash=" + hash + ", blockNumber=" + blockNumber + ", blockHash=" + blockHash
                + ", isSuccess=" + isSuccess + ", gasUsed=" + gasUsed + ", gasPriceWei=" + gasPriceWei + ", logs="
                + tree.path("logs").size() + ']';
    }
}
