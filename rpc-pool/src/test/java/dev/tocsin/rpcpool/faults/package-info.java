/**
 * The fault kit: a proxy that stands before a JSON-RPC node and makes it misbehave, for the tests of those who depend on nodes.
 *
 * <p>A {@link dev.tocsin.rpcpool.faults.FaultyNode} passes calls on to the node behind it, its <em>upstream</em>. A
 * {@link dev.tocsin.rpcpool.faults.Fault} says what goes wrong on the way, with which methods and how often. Faults can be changed while calls
 * are under way; what is left to chance comes from a seed.
 */
@NullMarked
package dev.tocsin.rpcpool.faults;

import org.jspecify.annotations.NullMarked;
