/** One view of the chain, though it is many nodes that answer: of the whole pool, and of a session. */
@NullMarked
package dev.tocsin.rpcpool.internal.view;

import org.jspecify.annotations.NullMarked;
