/** A pool of EVM JSON-RPC nodes with failover, and a log stream over it. */
@NullMarked
package dev.tocsin.rpcpool;

import org.jspecify.annotations.NullMarked;
