/**
 * A pool of EVM JSON-RPC nodes with failover.
 *
 * <p>A <em>node</em> is one JSON-RPC URL; <em>primaries</em> are asked in rotation, <em>fallbacks</em> when no primary can serve. A
 * <em>call</em> has <em>attempts</em>, each at another node, within one deadline; going on to another node is a <em>failover</em>. The
 * <em>head</em> is the newest block.
 *
 * <p>Begin with {@link dev.tocsin.rpcpool.RpcPool#builder()}.
 */
@NullMarked
package dev.tocsin.rpcpool;

import org.jspecify.annotations.NullMarked;
