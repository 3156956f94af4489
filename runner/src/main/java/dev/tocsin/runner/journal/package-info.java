/**
 * The embedded durable state: checkpoint, alerts, deliveries and cooldowns in one SQL file. What a block caused and the
 * checkpoint behind it are one transaction; what is delivered is recorded under the key it was planned with. So a kill at any
 * moment loses nothing, and a step that happens twice is seen to be the same.
 */
@NullMarked
package dev.tocsin.runner.journal;

import org.jspecify.annotations.NullMarked;
