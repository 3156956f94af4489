package dev.tocsin.runner.journal;

import java.time.Instant;

/**
 * The deliveries of one gateway that wait.
 *
 * @param waiting how many
 * @param oldest when the oldest of them was planned
 */
public record Backlog(long waiting, Instant oldest) {}
