package dev.tocsin.rpcpool.relay;

/**
 * When a private transaction may be given to the public pool, where everybody sees it and some act on it. A transaction that its owner has
 * asked to {@linkplain PrivateTransaction#cancel cancel} is never given there, whatever the policy.
 *
 * <p>Under each of them the public nodes are asked for the head, for the sender's transaction counts and for whole blocks by number. So their
 * operators can see that somebody takes interest in this address, and when. They are never asked for the transaction's hash.
 */
public enum Fallback {
    /** Never: no public node is given a byte of the transaction, nor its hash. It may then never be included. */
    NEVER,

    /**
     * Once the relay says that it has not included it (FAILED, or UNKNOWN) and the chain confirms it: there is a block after
     * the last one the transaction was meant for, and the sender's nonce is still unused. Until then as {@link #NEVER}; a relay that
     * does not answer, or goes on to say PENDING, is no reason. Needs the relay's status API.
     *
     * <p>From then on the public sees the whole transaction. What failed in private because it would revert then reverts in public, and costs its fee.
     */
    AFTER_EXPIRY,

    /**
     * As {@link #AFTER_EXPIRY}, whatever the relay says by then, and moreover at once when the relay refuses the transaction, cannot be reached,
     * gives it up, or still says after some seconds of asking that it does not have it. So any fault of the relay makes it public.
     */
    IMMEDIATE
}
