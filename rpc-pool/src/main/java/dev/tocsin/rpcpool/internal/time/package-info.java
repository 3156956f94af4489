/** Waiting. */
@NullMarked
package dev.tocsin.rpcpool.internal.time;

import org.jspecify.annotations.NullMarked;
