/**
 * A pool of EVM JSON-RPC nodes with failover, and a log stream over it.
 *
 * <p>A <em>node</em> is one JSON-RPC URL; <em>primaries</em> are asked in rotation, <em>fallbacks</em> when no primary can serve. A
 * <em>call</em> has <em>attempts</em>, each at another node, within one deadline; going on to another node is a <em>failover</em>. The
 * <em>head</em> is the newest block. A <em>reorganisation</em> replaces blocks at the end of the chain; what had been released of them is
 * <em>retracted</em>. A <em>checkpoint</em> is where a stream stands.
 *
 * <p>Begin with {@link dev.tocsin.rpcpool.RpcPool#builder()}.
 */
@NullMarked
package dev.tocsin.rpcpool;

import org.jspecify.annotations.NullMarked;
