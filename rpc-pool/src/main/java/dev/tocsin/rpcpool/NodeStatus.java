package dev.tocsin.rpcpool;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A node at one moment. {@link #toString} says in one line for people what matters most.
 *
 * @param name its host and port, with {@code #2} for the second of the same, and so on; never a secret
 * @param tier when it is asked
 * @param state what the pool thinks of it
 * @param against why it is not asked for any call as long as there is a better node; empty if nothing speaks against it
 * @param head the newest block it has told of
 * @param blocksBehind how many blocks it lacks of those that most nodes have; 0 if none
 * @param finalized the newest finalized block it has told of; asked for in checks, but not offered by every node
 * @param latency what its answers take lately, the measure of {@link SelectionStrategy#fastest}; empty if it has answered nothing yet
 * @param checkLatency of {@code eth_blockNumber} in its last answered check
 * @param inFlight how many attempts it is working on
 * @param successRate how many of the recent calls it served, above 0, at most 1; empty if it has answered nothing yet
 * @param requests calls it was sent, health checks among them
 * @param errors those of them that it did not serve
 * @param lastCheck when it was last checked
 * @param lastError why it last failed
 * @param isBroken whether calls are kept away from it, but for a few that try, because too many of the last ones failed by its fault
 * @param isCordoned whether an operator has taken it out of use
 * @param client what it runs on, by its own word, such as {@code Geth/v1.16.1-stable}; not every node says
 */
public record NodeStatus(
        String name,
        Tier tier,
        NodeState state,
        Optional<Exclusion> against,
        OptionalLong head,
        OptionalLong blocksBehind,
        OptionalLong finalized,
        Optional<Duration> latency,
        Optional<Duration> checkLatency,
        int inFlight,
        OptionalDouble successRate,
        long requests,
        long errors,
        Optional<Instant> lastCheck,
        Optional<String> lastError,
        boolean isBroken,
        boolean isCordoned,
        Optional<String> client) {

    @Override
    public String toString() {
        return line(against);
    }

    /** With what speaks against it for one call. */
    String line(Optional<Exclusion> reason) {
        String numbers = String.format(
                Locale.ROOT,
                "%s, head %s, %s, %d in flight%s",
                tier.name().toLowerCase(Locale.ROOT),
                head.isPresent() ? head.getAsLong() : "unknown",
                latency.map(time -> String.format(Locale.ROOT, "%.1f ms", time.toNanos() / 1e6))
                        .orElse("no answer yet"),
                inFlight,
                successRate.isPresent()
                        ? String.format(Locale.ROOT, ", %.0f %% served", 100 * successRate.getAsDouble())
                        : "");
        String cause = lastError.map(error -> ": " + error).orElse("");
        return reason.map(why -> name + " " + why.words() + cause + " [" + why + "] (" + numbers + ")")
                .orElseGet(() -> name + " (" + numbers + ")");
    }
}
