package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.internal.hex.Hex;

/**
 * Port: who hands out the nonces of one account. All senders of an account must ask the same source. Must be safe for use by many threads.
 */
public interface NonceSource {
    /**
     * Reserves a nonce: no other key gets it until it is released. It should be the lowest that is free; a gap below what is sent is closed
     * only if it is.
     *
     * @param key the request's
     * @return the nonce
     * @throws InterruptedException if interrupted; what was reserved may be {@linkplain #release released}
     */
    long reserve(String key) throws InterruptedException;

    /**
     * The nonce is used: a transaction with it may be on its way. Also told at the start for each that is pending since an earlier run.
     *
     * @param key the request's
     * @param nonce its nonce
     */
    void sent(String key, long nonce);

    /**
     * What was reserved is free again: nobody has a transaction with it. Nothing if nothing is reserved.
     *
     * @param key the request's
     */
    void release(String key);

    /**
     * Counts in this process: from what the chain says ({@code eth_getTransactionCount} at {@code pending}, asked each time) and from what was
     * handed out here: the lowest that nobody has. For one process with an account of its own.
     *
     * @param pool the chain
     * @param address the account
     * @return the source; begins anew with each process
     */
    static NonceSource counting(RpcPool pool, String address) {
        return counting(pool, address, pool::send);
    }

    /**
     * The same, leaving out what was {@linkplain SendChannel#taken taken} in a channel: for several senders of one account through one private
     * relay, and for whoever uses the relay beside them.
     *
     * @param pool the chain
     * @param address the account
     * @param channel by which its transactions leave
     * @return the source; begins anew with each process
     */
    static NonceSource counting(RpcPool pool, String address, SendChannel channel) {
        return counting(new PoolChain(requireNonNull(pool, "pool")), Hex.requireAddress(address, "address"), channel);
    }

    private static NonceSource counting(Chain chain, String account, SendChannel channel) {
        requireNonNull(channel, "channel");
        return new CountedNonces(() -> chain.nonce(account, "pending"), () -> channel.taken(account));
    }
}
