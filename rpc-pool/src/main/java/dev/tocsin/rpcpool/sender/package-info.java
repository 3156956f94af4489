/**
 * A sender of transactions with a policy: what may leave is checked, simulated, counted and written down before it is signed and sent, and is
 * then followed until it is settled.
 *
 * <p>A <em>request</em> ({@link dev.tocsin.rpcpool.sender.TransactionRequest}) is what the caller wants, under a <em>key</em>: one key is
 * executed at most once. An <em>attempt</em> is one signed transaction for it; all attempts of a request have one nonce, so a chain takes at
 * most one of them. A request is <em>stuck</em> when it waits for a block too long; it is then <em>replaced</em> by an attempt that pays more,
 * or <em>cancelled</em> by one that does nothing. A <em>limit</em> is what no request may pass; the daily one is <em>reserved</em> before
 * anything is signed, then <em>settled</em> (spent) or <em>released</em>.
 *
 * <p>What is needed from outside are ports: {@link dev.tocsin.rpcpool.sender.Signer}, {@link dev.tocsin.rpcpool.sender.NonceSource},
 * {@link dev.tocsin.rpcpool.sender.SpendingLimits}, {@link dev.tocsin.rpcpool.sender.PendingTransactions} and
 * {@link dev.tocsin.rpcpool.sender.SendChannel}.
 *
 * <p>Begin with {@link dev.tocsin.rpcpool.sender.TransactionSender#builder}.
 */
@NullMarked
package dev.tocsin.rpcpool.sender;

import org.jspecify.annotations.NullMarked;
