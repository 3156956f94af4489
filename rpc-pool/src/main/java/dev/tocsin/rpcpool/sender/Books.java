package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;

/**
 * What is written down about requests, in an order in which a crash at any point loses nothing: while bytes may be mined that nobody has settled,
 * the store has them, and the limit counts them.
 *
 * @param pending the store
 * @param limits what may be spent
 * @param nonces of the account
 * @param slots how many at once
 */
record Books(PendingTransactions pending, SpendingLimits limits, NonceSource nonces, Slots slots) {

    /** Nothing was signed, or what was signed has not left: all is given back. May come twice. */
    void undo(PendingTransaction transaction) {
        limits.release(transaction.key(), transaction.owner());
        nonces.release(transaction.key());
        forget(transaction.key());
    }

    /** Written before the newest attempt leaves. */
    void signed(PendingTransaction transaction) {
        pending.save(transaction);
    }

    void sent(PendingTransaction transaction) {
        nonces.sent(transaction.key(), transaction.last().nonce());
    }

    void spent(PendingTransaction transaction, Attempt mined) {
        limits.settle(transaction.key(), transaction.owner());
        finish(transaction.finished(mined));
    }

    /** It reverted, so that its value stayed. */
    void failed(PendingTransaction transaction, Attempt mined) {
        limits.release(transaction.key(), transaction.owner());
        finish(transaction.finished(mined));
    }

    /** An attempt that does nothing was mined in its place. */
    void cancelled(PendingTransaction transaction, Dropped outcome) {
        limits.release(transaction.key(), transaction.owner());
        finish(transaction.finished(outcome));
    }

    /** Something else has its nonce. What that was is not known here, so it counts as spent. */
    void displaced(PendingTransaction transaction, Dropped outcome) {
        limits.settle(transaction.key(), transaction.owner());
        finish(transaction.finished(outcome));
    }

    /** No node took the first attempt. They have seen it, so it counts as spent; its nonce goes to the next request, so one of the two is mined at most. */
    void rejected(PendingTransaction transaction, Dropped outcome) {
        limits.settle(transaction.key(), transaction.owner());
        nonces.release(transaction.key());
        finish(transaction.finished(outcome));
    }

    /** The first attempt reached nobody. First forgets that it was signed: what the store has signed may be sent again. */
    void notSent(PendingTransaction transaction) {
        pending.save(transaction.unsigned());
        undo(transaction);
    }

    /** Its key stays known, so that it is not executed again. */
    private void finish(PendingTransaction finished) {
        pending.save(finished);
        slots.free(finished.key());
    }

    /** It is as if it had never come: nothing is reserved for it. Its slot is free even if the store cannot write now. */
    void forget(String key) {
        try {
            pending.remove(key);
        } finally {
            slots.free(key);
        }
    }
}
