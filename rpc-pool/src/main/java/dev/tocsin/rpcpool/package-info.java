/**
 * A pool of EVM JSON-RPC nodes with failover.
 *
 * <p>A <em>node</em> is one JSON-RPC URL; <em>primaries</em> are asked first, one by the strategy, <em>fallbacks</em> when no primary can serve. A
 * <em>call</em> has <em>attempts</em>, each at another node, within one deadline; going on to another node is a <em>failover</em>. The
 * <em>head</em> is the newest block. A signed transaction is <em>sent</em> to one node after another, or <em>broadcast</em> to all at
 * once; what nodes leave open about it is <em>verified</em> by its hash.
 *
 * <p>Begin with {@link dev.tocsin.rpcpool.RpcPool#builder()}.
 */
@NullMarked
package dev.tocsin.rpcpool;

import org.jspecify.annotations.NullMarked;
