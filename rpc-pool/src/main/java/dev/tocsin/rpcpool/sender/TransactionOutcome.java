package dev.tocsin.rpcpool.sender;

import java.util.Optional;

/** What became of a request. Each case says only what is known; what is not known is {@link Unknown}. */
public sealed interface TransactionOutcome {

    /**
     * It was executed, and its block is as deep as was asked for.
     *
     * @param receipt the receipt of the attempt that was mined
     */
    record Confirmed(TransactionReceipt receipt) implements TransactionOutcome {}

    /**
     * It reverts. Its value was not spent.
     *
     * @param reason the contract's words, or its error's data, or what the node said
     * @param receipt of the transaction, which cost its gas; empty if the simulation found it, and nothing was sent
     */
    record Reverted(String reason, Optional<TransactionReceipt> receipt) implements TransactionOutcome {}

    /**
     * A limit forbids it. Nothing was signed, and nothing left this process.
     *
     * @param limit which one
     * @param message the numbers
     */
    record Refused(Limit limit, String message) implements TransactionOutcome {}

    /**
     * It was signed, and is not executed: no node has taken it, it was cancelled, or another transaction of the account has its nonce. The
     * same key gets this outcome again; to try once more takes another key. Only if no node could be reached, so that nothing has left, is
     * the key free again.
     *
     * @param hash of the last attempt to execute it
     * @param by the transaction that has its nonce, if that is known: when it was cancelled, the one that did it
     * @param cause what was seen
     */
    record Dropped(String hash, Optional<String> by, String cause) implements TransactionOutcome {}

    /**
     * It may be executed yet, or be so already: waiting was given up or interrupted. It stays pending, and counts against the limits; send the
     * same request again, or call {@link TransactionSender#recover}, to follow it further. Do not send it under another key.
     *
     * @param hash of the last attempt
     * @param cause what is known
     */
    record Unknown(String hash, String cause) implements TransactionOutcome {}
}
