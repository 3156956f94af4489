/**
 * Decodes EVM events and decides which of them matter.
 *
 * <p>The way of a log through this package:
 *
 * <ol>
 *   <li>a {@link dev.tocsin.filters.Log} comes from anywhere: a node, a file, a test;
 *   <li>an {@link dev.tocsin.filters.EventDecoder} turns it into an {@link dev.tocsin.filters.Event}, or says why it is
 *       {@link dev.tocsin.filters.NotThisEvent not this event};
 *   <li>a {@link dev.tocsin.filters.Condition} is asked about the event's values, in exact integers;
 *   <li>a {@link dev.tocsin.filters.CooldownStore} keeps a rule from matching again and again;
 *   <li>a {@link dev.tocsin.filters.Match} comes out, with a key that names it for ever.
 * </ol>
 *
 * A {@link dev.tocsin.filters.FilterSet} holds many {@link dev.tocsin.filters.Rule rules} and does all of this in one call.
 *
 * <p><b>Words.</b> An <i>event</i> is what a contract meant to say; a <i>log</i> is what the chain recorded. A <i>field</i> is a
 * named parameter of an event. A <i>unit</i> is a token symbol with its number of decimals. A <i>match</i> is one rule and one
 * event. A match that the chain took back is <i>withdrawn</i>.
 *
 * <p>Nothing here reads a network, a file or a clock: time is the time of the log's block.
 */
package dev.tocsin.filters;
