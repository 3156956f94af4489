/**
 * A pool of EVM JSON-RPC nodes with failover.
 *
 * <p>A <em>node</em> is one JSON-RPC URL; <em>primaries</em> are asked first, one by the strategy, <em>fallbacks</em> when no primary can serve;
 * <em>send-only</em> ones get transactions and nothing else. A <em>call</em> has <em>attempts</em>, each at another node, within one deadline;
 * going on to another node is a <em>failover</em>, asking a second one because the first is late a <em>hedge</em>. An <em>exclusion</em> is why a
 * node is not asked as long as there is a better one. The <em>head</em> is the newest block. A <em>session</em> is a use of the pool with one view
 * of the chain; an <em>agreement</em> is how many nodes must say the same. A signed transaction is <em>sent</em> to one node after another, or
 * <em>broadcast</em> to all at once; what nodes leave open about it is <em>verified</em> by its hash. A node is <em>cordoned</em> when an
 * operator takes it out of use; a pool is <em>drained</em> when it lets calls under way end and no new ones in.
 *
 * <p>Begin with {@link dev.tocsin.rpcpool.RpcPool#builder()}.
 */
@NullMarked
package dev.tocsin.rpcpool;

import org.jspecify.annotations.NullMarked;
