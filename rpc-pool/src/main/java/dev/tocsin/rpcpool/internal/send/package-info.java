/** Transactions: sent, looked for, judged. */
@NullMarked
package dev.tocsin.rpcpool.internal.send;

import org.jspecify.annotations.NullMarked;
