package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigInteger;
import tools.jackson.databind.JsonNode;

/**
 * What the public pool is asked: the head, an account's transaction counts, and blocks by number. A transaction is looked for by its nonce and in whole
 * blocks, so that no public node hears its hash.
 */
final class ChainView {

    private final RpcPool pool;

    ChainView(RpcPool pool) {
        this.pool = pool;
    }

    long head() throws InterruptedException {
        return pool.call("eth_blockNumber").asLong();
    }

    /** How many transactions of the account are in blocks. */
    BigInteger confirmed(String address) throws InterruptedException {
        return pool.call("eth_getTransactionCount", address, "latest").asQuantity();
    }

    /** Those too that wait in public. */
    BigInteger pending(String address) throws InterruptedException {
        return pool.call("eth_getTransactionCount", address, "pending").asQuantity();
    }

    /**
     * Looks for a transaction. Two calls as long as its nonce is unused at the head, then one for each block until it is found.
     *
     * @param after the block after which it was sent
     * @param last the last block worth looking at
     */
    Place find(Signed transaction, long after, long last) throws InterruptedException {
        try {
            long head = head();
            BigInteger used = pool.call("eth_getTransactionCount", transaction.sender(), Hex.quantity(head))
                    .asQuantity();
            if (used.compareTo(transaction.nonce()) <= 0) {
                return new Place.Free(head);
            }
            for (long block = after + 1; block <= Math.min(head, last); block++) {
                RpcResult answer = pool.call("eth_getBlockByNumber", Hex.quantity(block), false);
                if (answer.isNull()) {
                    return new Place.Open("block " + block + " cannot be had yet");
                }
                for (JsonNode hash : answer.tree().path("transactions")) {
                    if (hash.asString("").equalsIgnoreCase(transaction.hash())) {
                        return new Place.Ours(block);
                    }
                }
            }
            return head <= last
                    ? new Place.Taken()
                    : new Place.Open(
                            "the nonce is used, the transaction is not in blocks " + (after + 1) + " to " + last);
        } catch (RpcException e) {
            return new Place.Open("the pool cannot tell: " + e.getMessage());
        }
    }
}
