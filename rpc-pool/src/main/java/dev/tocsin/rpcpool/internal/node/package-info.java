/** A node: what is known of it, and how that is learned; what all of them together know of the chain; and how those who listen are told. */
@NullMarked
package dev.tocsin.rpcpool.internal.node;

import org.jspecify.annotations.NullMarked;
