/** {@code eth_getLogs} over nodes that limit it: cut by what was learned of them, asked in parallel, put together in order. */
@NullMarked
package dev.tocsin.rpcpool.internal.logs;

import org.jspecify.annotations.NullMarked;
