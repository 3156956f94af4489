package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.relay.PrivateOptions;
import dev.tocsin.rpcpool.relay.PrivateRelay;
import java.util.Set;

/**
 * Port: how signed bytes leave. The default is {@code pool::send}; {@code hex -> pool.broadcast(hex).outcome()} sends to all nodes at once,
 * {@link #through} to a private relay. Must be safe for use by many threads.
 */
@FunctionalInterface
public interface SendChannel {
    /**
     * Sends, or sends again: the same bytes may come many times. {@link SendOutcome.Rejected} is said only if nobody has taken them in this
     * send.
     *
     * @param signedHex 0x and the signed bytes
     * @return what became of it
     * @throws dev.tocsin.rpcpool.RpcException if it has no answer; the sender takes it that the bytes may have left, and sends them again
     * @throws InterruptedException if interrupted; the sender takes it that the bytes may have left
     */
    SendOutcome send(String signedHex) throws InterruptedException;

    /**
     * Whether public nodes must not hear of what is sent. The sender then asks them for no hash, but finds its transactions by the account's
     * transaction count and whole blocks, and shows them no request unless {@link TransactionSenderBuilder#simulateFirst} allows it.
     *
     * @return default: false
     */
    default boolean isPrivate() {
        return false;
    }

    /**
     * The nonces that transactions have taken here of which public nodes cannot know. {@linkplain NonceSource#counting(dev.tocsin.rpcpool.RpcPool,
     * String, SendChannel) Counted nonces} leave them out.
     *
     * @param address the account
     * @return default: none
     * @throws dev.tocsin.rpcpool.RpcException if that cannot be told
     * @throws InterruptedException if interrupted
     */
    default Set<Long> taken(String address) throws InterruptedException {
        return Set.of();
    }

    /**
     * Through a relay, as {@link PrivateOptions#standard} says.
     *
     * @param relay as for {@link #through(PrivateRelay, PrivateOptions)}
     * @return the channel
     */
    static SendChannel through(PrivateRelay relay) {
        return through(relay, PrivateOptions.standard());
    }

    /**
     * Through a relay: requests, their replacements and cancellations and what closes gaps, one at a time, since a relay refuses a nonce as long as
     * it does not have the one before. Public nodes get to see what the relay's {@link dev.tocsin.rpcpool.relay.Fallback} says; it takes effect
     * when the same bytes are sent again, which is when {@link TransactionSenderBuilder#maxFee} leaves no room for a replacement.
     *
     * @param relay stays open as long as the sender is used; whoever made it closes it
     * @param options without a last block, which would be the same for all
     * @return the channel
     * @throws IllegalArgumentException if the options have a last block
     */
    static SendChannel through(PrivateRelay relay, PrivateOptions options) {
        return new RelayChannel(requireNonNull(relay, "relay"), requireNonNull(options, "options"));
    }
}
