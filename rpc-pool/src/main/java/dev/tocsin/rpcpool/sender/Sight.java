package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import java.util.List;
import java.util.Optional;

/**
 * Looks where a transaction is.
 *
 * @param chain the chain
 * @param from the account
 * @param confirmations how many blocks from its own on; 0: its block must be final
 */
record Sight(Chain chain, String from, int confirmations) {

    /** What is seen of it. */
    sealed interface Seen {
        /** An attempt is in a block that is deep enough. */
        record Settled(Attempt attempt, TransactionReceipt receipt) implements Seen {}

        /** An attempt is in a block. */
        record Mined() implements Seen {}

        /** The account's nonce is past it, as deep as is asked for, and no node shows an attempt. */
        record Gone() implements Seen {}

        /** In no block; {@code next} is the account's nonce that comes next, its own or one before. */
        record Waiting(long next) implements Seen {}
    }

    Seen look(PendingTransaction transaction) throws InterruptedException {
        for (Attempt attempt : List.copyOf(transaction.attempts()).reversed()) {
            Optional<TransactionReceipt> receipt = chain.receipt(attempt.hash());
            if (receipt.isPresent()) {
                return isDeep(receipt.get()) ? new Seen.Settled(attempt, receipt.get()) : new Seen.Mined();
            }
        }
        long nonce = transaction.last().nonce();
        long next = chain.nonce(from, "latest");
        if (next > nonce && chain.nonce(from, deepBlock()) > nonce) {
            return new Seen.Gone();
        }
        return next > nonce ? new Seen.Mined() : new Seen.Waiting(next);
    }

    private boolean isDeep(TransactionReceipt receipt) throws InterruptedException {
        return receipt.blockNumber() <= deep()
                && chain.blockHash(receipt.blockNumber()).equals(Optional.of(receipt.blockHash()));
    }

    /** The newest block that is deep enough. */
    private long deep() throws InterruptedException {
        return confirmations == 0 ? chain.height("finalized") : chain.height("latest") - confirmations + 1;
    }

    private String deepBlock() throws InterruptedException {
        return confirmations == 0 ? "finalized" : Hex.quantity(Math.max(0, deep()));
    }
}
