package dev.tocsin.rpcpool.sender;

import java.util.Optional;

/**
 * What became of a request. Each case says only what is known; what is not known is {@link Unknown}.
 *
 * <p>The cases tell two questions apart: whether anything left this process ({@link Refused}, and {@link Reverted} without a receipt: nothing), and
 * whether it may be executed yet ({@link Unknown} alone). {@link Dropped} is what has left and is not executed, which none of the others could say.
 */
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
     * @param message the numbers, with the setting and the unit
     */
    record Refused(Limit limit, String message) implements TransactionOutcome {}

    /**
     * It was signed, and is not executed. That is said when
     *
     * <ul>
     *   <li>everybody who was asked has rejected its first attempt for what it is (too little money, invalid, against a policy). They have
     *       seen it, so it counts against the daily limit; its nonce goes to the next request;
     *   <li>it was cancelled: an attempt that does nothing is in a block as deep as was asked for. It does not count;
     *   <li>another transaction of the account has its nonce, as deep as was asked for, and no attempt is in a block: three looks in a row say so,
     *       or one if the other was named and is seen in a block. What that was is not known, so it counts;
     *   <li>no node could be reached, and nothing left: it does not count, and the key is free again.
     * </ul>
     *
     * <p>But for the last case the same key gets this outcome again, and is never executed; to try once more takes another key. It is not said of
     * what was turned away unread, priced too low, lost on the way, or given up by a private relay: that is followed.
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
