package dev.tocsin.runner.journal;

import java.time.Instant;
import java.util.Optional;

/**
 * One message to one gateway, as it stands in the journal.
 *
 * @param key derived from the content; the receiver drops a repeat by it
 * @param gateway the name of the gateway
 * @param message the message as JSON
 * @param attempts how often it has been tried
 * @param seenAt when the newest block behind it was first seen
 * @param firstAttemptAt when it was tried for the first time; empty if it never was
 */
public record Delivery(
        String key, String gateway, String message, int attempts, Instant seenAt, Optional<Instant> firstAttemptAt) {}
