/**
 * A way to builders past the public mempool: private transactions and bundles by a relay of the Flashbots and MEV-Share kind.
 *
 * <p>A <em>relay</em> takes signed transactions and hands them to <em>builders</em>, who may put them in their blocks. A <em>private
 * transaction</em> is one that no public node has been given; its <em>last block</em> is the last one that the relay tries. A <em>bundle</em> is
 * several that are to be included together or not at all. A <em>hint</em> is what searchers are shown. The <em>fallback</em> is the one way by which a private
 * transaction may become public: {@link dev.tocsin.rpcpool.relay.Fallback}, by default never. It has nothing to do with the pool's nodes of that tier.
 *
 * <p>Begin with {@link dev.tocsin.rpcpool.relay.PrivateRelay#builder}.
 *
 * @see <a href="https://docs.flashbots.net/flashbots-auction/advanced/rpc-endpoint">Flashbots: JSON-RPC endpoints</a>
 * @see <a href="https://docs.flashbots.net/flashbots-protect/additional-documentation/status-api">Flashbots: transaction status API</a>
 */
@NullMarked
package dev.tocsin.rpcpool.relay;

import org.jspecify.annotations.NullMarked;
