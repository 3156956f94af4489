package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks where a transaction is.
 *
 * @param chain the chain
 * @param from the account
 * @param confirmations how many blocks from its own on; 0: its block must be final
 * @param isPrivate whether nobody is asked for a hash: it is then looked for in the block in which the account's count passes its nonce
 */
record Sight(Chain chain, String from, int confirmations, boolean isPrivate) {
    private static final String USED = "its nonce is used, in a block that is not deep enough yet";

    /** What is seen of it. */
    sealed interface Seen {
        /** An attempt is in a block that is deep enough. */
        record Settled(Attempt attempt, TransactionReceipt receipt) implements Seen {}

        /** It is in a block that is not deep enough yet; {@code says} which, and how deep that is. */
        record Mined(String says) implements Seen {}

        /** The account's nonce is past it, as deep as is asked for, and no node shows an attempt. */
        record Gone() implements Seen {}

        /** In no block; {@code next} is the account's nonce that comes next, its own or one before. */
        record Waiting(long next) implements Seen {}
    }

    Seen look(PendingTransaction transaction) throws InterruptedException {
        return isPrivate ? lookInBlocks(transaction) : lookByHash(transaction);
    }

    private Seen lookByHash(PendingTransaction transaction) throws InterruptedException {
        for (Attempt attempt : List.copyOf(transaction.attempts()).reversed()) {
            Optional<TransactionReceipt> receipt = chain.receipt(attempt.hash());
            if (receipt.isPresent()) {
                return seen(transaction, attempt, receipt.get());
            }
        }
        long nonce = transaction.last().nonce();
        long next = chain.nonce(from, "latest");
        if (next > nonce && chain.nonce(from, deepBlock()) > nonce) {
            return new Seen.Gone();
        }
        return next > nonce ? new Seen.Mined(USED) : new Seen.Waiting(next);
    }

    private Seen lookInBlocks(PendingTransaction transaction) throws InterruptedException {
        long nonce = transaction.last().nonce();
        long next = chain.nonce(from, "latest");
        if (next <= nonce) {
            return new Seen.Waiting(next);
        }
        long deep = deep();
        if (!isPast(nonce, deep)) {
            return new Seen.Mined(USED);
        }
        Map<String, Attempt> byHash = new LinkedHashMap<>();
        transaction.attempts().forEach(attempt -> byHash.put(attempt.hash(), attempt));
        Optional<TransactionReceipt> receipt = chain.receipt(firstPast(nonce, deep), byHash.keySet());
        return receipt.isPresent()
                ? new Seen.Settled(requireNonNull(byHash.get(receipt.get().hash())), receipt.get())
                : new Seen.Gone();
    }

    private boolean isPast(long nonce, long block) throws InterruptedException {
        return block >= 0 && chain.nonce(from, Hex.quantity(block)) > nonce;
    }

    /** The first block after which the account's count is past the nonce: mostly one of the newest, so looked for from there, in growing steps. */
    private long firstPast(long nonce, long newest) throws InterruptedException {
        long past = newest;
        long before = newest - 1;
        for (long step = 1; isPast(nonce, before); step *= 2) {
            past = before;
            before = Math.max(-1, before - step);
        }
        while (past - before > 1) {
            long middle = before + (past - before) / 2;
            if (isPast(nonce, middle)) {
                past = middle;
            } else {
                before = middle;
            }
        }
        return past;
    }

    private Seen seen(PendingTransaction transaction, Attempt attempt, TransactionReceipt receipt)
            throws InterruptedException {
        long block = receipt.blockNumber();
        long deep = deep();
        String which = attempt.equals(transaction.last()) ? "in block " : attempt.hash() + " is in block ";
        if (block > deep) {
            long depth = Math.max(1, deep + confirmations - block); // its own block counts, whoever has not seen it yet
            String missing = confirmations == 0
                    ? ", and the newest final one is " + deep
                    : ", " + depth + " of " + confirmations + " confirmations";
            return new Seen.Mined(which + block + missing);
        }
        return chain.blockHash(block).equals(Optional.of(receipt.blockHash()))
                ? new Seen.Settled(attempt, receipt)
                : new Seen.Mined(which + block + ", which is another one on other nodes");
    }

    /** The newest block that is deep enough. */
    private long deep() throws InterruptedException {
        return confirmations == 0 ? chain.height("finalized") : chain.height("latest") - confirmations + 1;
    }

    private String deepBlock() throws InterruptedException {
        return confirmations == 0 ? "finalized" : Hex.quantity(Math.max(0, deep()));
    }
}
