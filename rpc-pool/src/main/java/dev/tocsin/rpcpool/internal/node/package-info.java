/** A node: what is known of it, and how that is learned. */
@NullMarked
package dev.tocsin.rpcpool.internal.node;

import org.jspecify.annotations.NullMarked;
