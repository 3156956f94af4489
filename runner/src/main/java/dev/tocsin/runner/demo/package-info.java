/**
 * The embedded Ethereum side of {@code ./tocsin demo}: one chain in memory, what is mined on it, the nodes that serve it,
 * and the receivers at the other end of the line.
 *
 * <p>{@link dev.tocsin.runner.demo.BlockSource A block source} ({@link dev.tocsin.runner.demo.SimulatedMarket simulated}
 * or {@link dev.tocsin.runner.demo.RecordedBlocks recorded}) says what happens next; {@link
 * dev.tocsin.runner.demo.Miner the miner} mines it at an interval onto {@link dev.tocsin.runner.demo.DemoChain the demo
 * chain}; any number of {@link dev.tocsin.runner.demo.DemoNode nodes} serve that one chain over JSON-RPC. {@link
 * dev.tocsin.runner.demo.DemoMailbox The mailbox} and {@link dev.tocsin.runner.demo.DemoWebhook the webhook} receive what
 * the runner delivers and count keys and repeats.
 *
 * <p>Vocabulary: a <em>draft</em> is the content of a block before it has a number, a parent and a hash; a <em>step</em> is
 * one thing a source wants done to the chain, a block appended or the newest blocks replaced (a <em>reorganisation</em>);
 * an <em>orphan</em> is a block that was replaced.
 *
 * <p>Nothing here is made for use outside the demo and its tests: no transaction is executed or signed.
 */
@NullMarked
package dev.tocsin.runner.demo;

import org.jspecify.annotations.NullMarked;
