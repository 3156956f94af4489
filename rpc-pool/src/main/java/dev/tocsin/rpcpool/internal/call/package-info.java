/** The way of a call to a node: let in, retried, hedged, a node selected, an attempt made; of a batch likewise. And copies of calls, to see whether a node is back. */
@NullMarked
package dev.tocsin.rpcpool.internal.call;

import org.jspecify.annotations.NullMarked;
