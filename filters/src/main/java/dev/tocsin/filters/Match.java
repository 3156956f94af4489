package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

/**
 * A rule and an event that it let pass.
 *
 * @param rule the rule's name
 * @param event the event
 * @param key the match's name for ever, {@code chainId:blockHash:transactionHash:logIndex:rule}; the same log matched again gives the
 *     same key
 */
public record Match(String rule, Event event, String key) {
    /**
     * Makes a match.
     *
     * @throws NullPointerException if anything is null
     */
    public Match {
        requireNonNull(rule, "rule");
        requireNonNull(event, "event");
        requireNonNull(key, "key");
    }

    static Match of(String rule, Event event) {
        return new Match(rule, event, event.log().key() + ":" + rule);
    }
}
