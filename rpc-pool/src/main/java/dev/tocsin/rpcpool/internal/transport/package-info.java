/** Requests and answers on the wire, alone or several in one, and how what goes wrong there is told. And the timer of the pool. */
@NullMarked
package dev.tocsin.rpcpool.internal.transport;

import org.jspecify.annotations.NullMarked;
