package dev.tocsin.rpcpool.relay;

import java.util.Locale;

/**
 * What the relay may show of a transaction or bundle to searchers, who then bid for the right to follow it. Each one gives away something.
 *
 * @see <a href="https://docs.flashbots.net/flashbots-mev-share/searchers/understanding-bundles">MEV-Share: understanding bundles</a>
 */
public enum Hint {
    /** The whole call data, with what {@link #CONTRACT_ADDRESS} and {@link #FUNCTION_SELECTOR} show. */
    CALLDATA,
    /** The address it is sent to. */
    CONTRACT_ADDRESS,
    /** The first four bytes of the call data. */
    FUNCTION_SELECTOR,
    /** The logs it would write. */
    LOGS,
    /** A hash by which searchers can refer to it: for a transaction, of its hash. The least that makes a bid possible. */
    HASH,
    /** The hashes of the transactions; for bundles. */
    TX_HASH,
    /** Everything but the signatures; for bundles. */
    FULL;

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
