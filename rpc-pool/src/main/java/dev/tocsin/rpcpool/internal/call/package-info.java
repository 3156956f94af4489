/** The way of a call to a node: retried, hedged, a node selected, an attempt made. */
@NullMarked
package dev.tocsin.rpcpool.internal.call;

import org.jspecify.annotations.NullMarked;
