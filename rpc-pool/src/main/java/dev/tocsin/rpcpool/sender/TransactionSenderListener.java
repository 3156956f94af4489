package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.SendOutcome;
import java.time.Duration;
import java.util.Optional;

/**
 * Hears what a sender does. Called from many threads, on those that send; must be quick; what it throws is caught and logged once. No text that
 * it is given holds a signed transaction or a key of a node's URL.
 */
public interface TransactionSenderListener {

    /** What an attempt is sent for. */
    enum Purpose {
        /** It is the request's first. */
        FIRST,
        /** It pays more than the one before, which was stuck or refused for its price. */
        REPLACEMENT,
        /** It does nothing but use the nonce. */
        CANCELLATION,
        /** The same bytes as before. */
        AGAIN
    }

    /**
     * An attempt that was sent.
     *
     * @param hash its hash
     * @param nonce its nonce
     * @param price what it pays
     * @param purpose what it was sent for
     * @param outcome what the channel said
     * @param took how long that took
     */
    record Sent(String hash, long nonce, GasPrice price, Purpose purpose, SendOutcome outcome, Duration took) {}

    /**
     * A request was executed in an {@code eth_call}, before anything was signed: {@link TransactionSenderBuilder#simulateFirst}.
     *
     * @param key the request's
     * @param against what came out, if that speaks against it; empty: it passed
     * @param took how long
     */
    default void onSimulated(String key, Optional<TransactionOutcome> against, Duration took) {}

    /**
     * An attempt was sent. Also told of what closes a gap of nonces.
     *
     * @param key the request's
     * @param sent the attempt, and what was said to it
     */
    default void onSent(String key, Sent sent) {}

    /**
     * A call has an outcome: refused by a {@linkplain TransactionOutcome.Refused#limit limit}, in a block that is deep enough ({@link
     * TransactionOutcome.Confirmed}, or {@link TransactionOutcome.Reverted} with a receipt), dropped, or not known yet; then it is told again by
     * the next call that follows it. Not told when a key is sent again that was settled before, and not of what closes a gap.
     *
     * @param key the request's
     * @param outcome what the caller gets
     * @param took how long the call took until then
     */
    default void onOutcome(String key, TransactionOutcome outcome, Duration took) {}
}
