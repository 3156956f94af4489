/** Requests and answers on the wire, and how what goes wrong there is told. */
@NullMarked
package dev.tocsin.rpcpool.internal.transport;

import org.jspecify.annotations.NullMarked;
