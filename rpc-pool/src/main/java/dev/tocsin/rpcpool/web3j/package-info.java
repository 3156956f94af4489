/**
 * The pool as a service of web3j: what is written for web3j fails over without a change. And web3j's keys as the signer of a private relay, or of
 * a transaction sender.
 *
 * <p>Needs {@code org.web3j:core} 6 on the class path, which the pool itself does not; add it to your POM.
 */
@NullMarked
package dev.tocsin.rpcpool.web3j;

import org.jspecify.annotations.NullMarked;
