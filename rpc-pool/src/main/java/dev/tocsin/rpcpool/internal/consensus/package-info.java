/** Several nodes asked the same, and what enough of them say. */
@NullMarked
package dev.tocsin.rpcpool.internal.consensus;

import org.jspecify.annotations.NullMarked;
