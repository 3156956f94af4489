package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is remembered of a request, so that it can be followed and replaced after a restart. It holds signed transactions, whose bytes anybody
 * could send, and no keys.
 *
 * @param request what is wanted
 * @param owner under which its value is reserved with the {@link SpendingLimits}: the sender that wrote it down first
 * @param attempts what was signed for it, in order; all have one nonce. Empty: nothing was signed, nothing left
 * @param isFinished whether it is settled; kept only so that its key is known
 * @param dropped the outcome, if it was dropped: what the key gets from then on. Only of one that is finished
 */
public record PendingTransaction(
        TransactionRequest request,
        String owner,
        List<Attempt> attempts,
        boolean isFinished,
        Optional<Dropped> dropped) {

    /** Copies. */
    public PendingTransaction {
        requireNonNull(request, "request");
        requireNonNull(owner, "owner");
        attempts = List.copyOf(attempts);
        if (isFinished && attempts.isEmpty()) {
            throw new IllegalArgumentException("attempts must not be empty when isFinished");
        }
        if (requireNonNull(dropped, "dropped").isPresent() && !isFinished) {
            throw new IllegalArgumentException("dropped must be empty unless isFinished");
        }
    }

    /**
     * A signed transaction.
     *
     * @param nonce its nonce
     * @param gas its gas limit
     * @param price what it pays
     * @param signedHex 0x and the signed bytes
     * @param hash its hash
     * @param isCancel whether it does nothing but use the nonce
     */
    public record Attempt(long nonce, long gas, GasPrice price, String signedHex, String hash, boolean isCancel) {
        @Override
        public String toString() {
            return "Attempt[nonce=" + nonce + ", price=" + price + ", hash=" + hash + ", isCancel=" + isCancel + "]";
        }
    }

    /** Nothing is signed for it yet. */
    static PendingTransaction of(TransactionRequest request, String owner) {
        return new PendingTransaction(request, owner, List.of(), false, Optional.empty());
    }

    String key() {
        return request.key();
    }

    boolean isSigned() {
        return !attempts.isEmpty();
    }

    Attempt last() {
        return attempts.getLast();
    }

    /** The newest attempt that does what is wanted; the first attempt always does. */
    Attempt lastOfTheRequest() {
        return attempts.reversed().stream()
                .filter(attempt -> !attempt.isCancel())
                .findFirst()
                .orElseThrow();
    }

    /** As if nothing had been signed. */
    PendingTransaction unsigned() {
        return of(request, owner);
    }

    PendingTransaction with(Attempt attempt) {
        List<Attempt> all = new ArrayList<>(attempts);
        all.add(attempt);
        return new PendingTransaction(request, owner, all, false, Optional.empty());
    }

    /** By the attempt that was mined. */
    PendingTransaction finished(Attempt mined) {
        return new PendingTransaction(request, owner, List.of(mined), true, Optional.empty());
    }

    /** Not executed. */
    PendingTransaction finished(Dropped outcome) {
        return new PendingTransaction(request, owner, List.of(lastOfTheRequest()), true, Optional.of(outcome));
    }
}
