/**
 * A log stream over a pool: every block of a chain once, in order, with its logs, and word of those that a reorganisation takes back.
 *
 * <p>The <em>head</em> is the newest block. A <em>reorganisation</em> replaces blocks at the end of the chain; what had been released of them is
 * <em>retracted</em>. A <em>checkpoint</em> is where a stream stands.
 *
 * <p>Begin with {@link dev.tocsin.rpcpool.stream.LogStream#over}.
 */
@NullMarked
package dev.tocsin.rpcpool.stream;

import org.jspecify.annotations.NullMarked;
