package dev.tocsin.runner.demo;

import java.time.Instant;
import java.util.Objects;

/**
 * One delivery as a receiver of the demo saw it.
 *
 * @param key the delivery's key; empty if it had none
 * @param text what it said: an e-mail's subject, a webhook's body
 * @param at when it was received
 */
public record Received(String key, String text, Instant at) {

    /** Checks. */
    public Received {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(at, "at");
    }
}
