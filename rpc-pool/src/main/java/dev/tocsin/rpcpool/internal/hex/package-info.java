/** Hexadecimal text. Knows nothing of nodes or calls. */
@NullMarked
package dev.tocsin.rpcpool.internal.hex;

import org.jspecify.annotations.NullMarked;
