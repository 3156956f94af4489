package dev.tocsin.runner.demo;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One delivery as a receiver of the demo saw it.
 *
 * @param key the delivery's key; empty if it had none
 * @param text what it said: an e-mail's subject, a webhook's body
 * @param alerts the keys of the alerts that it reports; none when it withdraws some
 * @param at when it was received
 */
public record Received(String key, String text, List<String> alerts, Instant at) {

    /** Checks and copies. */
    public Received {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(text, "text");
        alerts = List.copyOf(alerts);
        Objects.requireNonNull(at, "at");
    }

    /**
     * The alerts that a message reports, by two of its facts.
     *
     * @param status the fact {@code status}
     * @param alerts the fact {@code alerts}: keys with a blank between them
     * @return the keys; none unless they are firing
     */
    public static List<String> firing(String status, String alerts) {
        return status.equals("firing") ? List.of(alerts.split(" ", -1)) : List.of();
    }
}
