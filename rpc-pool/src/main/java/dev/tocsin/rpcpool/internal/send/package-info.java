/** Transactions: read, sent to one node or many, looked for, judged. */
@NullMarked
package dev.tocsin.rpcpool.internal.send;

import org.jspecify.annotations.NullMarked;
