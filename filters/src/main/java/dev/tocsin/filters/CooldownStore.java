package dev.tocsin.filters;

import java.time.Duration;
import java.time.Instant;

/**
 * The memory of cooldowns, a port: in process ({@link InMemoryCooldowns}), or shared by several instances.
 *
 * <p>Time here is the time of blocks, so that a replay decides as the first run did. Implementations are safe for use by many threads:
 * of any number of simultaneous matches of one key at most one passes per period. They may throw what they like; the exception
 * leaves {@link FilterSet#match}, and the log can be matched again.
 */
public interface CooldownStore {
    /**
     * Asks for the one place per period, and takes it if it is free: it is free if no match of this key that is remembered lies less
     * than the period before or after. A match that has passed before passes again, so that a log may be matched twice.
     *
     * @param key what cools down: rule, chain and the value of the field that the rule is per
     * @param at the time of the match's block
     * @param period the cooldown, more than zero
     * @param matchKey the match that asks
     * @return true if the match may pass
     */
    boolean pass(String key, Instant at, Duration period, String matchKey);

    /**
     * Gives back the place of a match that the chain took back; what passed before it counts again. Matches that were rejected in
     * the meantime stay rejected. Does nothing if the match did not pass, or is forgotten.
     *
     * @param matchKey the match
     */
    void withdraw(String matchKey);
}
