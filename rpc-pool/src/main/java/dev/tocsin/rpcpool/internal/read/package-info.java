/**
 * What stands between a caller and the retry of a read: answers that are known already, and identical calls that share one request.
 */
@NullMarked
package dev.tocsin.rpcpool.internal.read;

import org.jspecify.annotations.NullMarked;
