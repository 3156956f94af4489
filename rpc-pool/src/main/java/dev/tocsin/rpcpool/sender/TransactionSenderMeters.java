package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.SendOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Feeds a Micrometer registry from a sender. Needs {@code io.micrometer:micrometer-core}. One for each sender.
 *
 * <p>The catalogue; every meter has the tag {@code sender}, the name given here:
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><th>meter</th><th>kind</th><th>more tags</th><th>meaning</th></tr>
 * <tr><td>{@code tocsin.rpcpool.sender.simulated}</td><td>timer</td><td>outcome (passed, would_revert, refused)</td><td>simulations before
 *     the signing</td></tr>
 * <tr><td>{@code tocsin.rpcpool.sender.sent}</td><td>timer</td><td>purpose (first, replacement, cancellation, again), outcome (accepted,
 *     already_known, mined, replaced, rejected, unknown), class</td><td>attempts given to the channel, and what it said</td></tr>
 * <tr><td>{@code tocsin.rpcpool.sender.outcome}</td><td>timer</td><td>outcome (confirmed, reverted, would_revert, refused, dropped, unknown),
 *     limit</td><td>what calls found out about their requests, and how long they took; an unknown one is counted again by the call that
 *     follows it</td></tr>
 * </table>
 *
 * <p>Class is the {@link dev.tocsin.rpcpool.error.ErrorClass} of a rejection, limit the {@link Limit} of a refusal, in lower case, or {@code
 * none}. Keys, hashes and addresses are no tags, so there are only so many time series. Safe for use by many threads.
 */
public final class TransactionSenderMeters implements TransactionSenderListener {

    private static final String PREFIX = "tocsin.rpcpool.sender.";
    private static final String NONE = "none";
    private static final String OUTCOME = "outcome";

    private final MeterRegistry registry;
    private final Tags tags;

    private TransactionSenderMeters(MeterRegistry registry, String name) {
        this.registry = requireNonNull(registry, "registry");
        this.tags = Tags.of("sender", requireNonNull(name, "name"));
    }

    /**
     * Makes the listener for a process with one sender, which is called {@code default}.
     *
     * @param registry where the meters go
     * @return a listener for {@link TransactionSenderBuilder#listener}
     */
    public static TransactionSenderMeters on(MeterRegistry registry) {
        return on(registry, "default");
    }

    /**
     * Makes the listener for one of several senders.
     *
     * @param registry where the meters go
     * @param name the sender's, for the tag {@code sender}; each has its own
     * @return a listener for {@link TransactionSenderBuilder#listener}
     */
    public static TransactionSenderMeters on(MeterRegistry registry, String name) {
        return new TransactionSenderMeters(registry, name);
    }

    @Override
    public void onSimulated(String key, Optional<TransactionOutcome> against, Duration took) {
        String outcome = against.map(TransactionSenderMeters::word).orElse("passed");
        record("simulated", tags.and(OUTCOME, outcome), took);
    }

    @Override
    public void onSent(String key, Sent sent) {
        String error = sent.outcome() instanceof SendOutcome.Rejected rejected ? low(rejected.errorClass()) : NONE;
        record(
                "sent",
                tags.and("purpose", low(sent.purpose()), OUTCOME, word(sent.outcome()), "class", error),
                sent.took());
    }

    @Override
    public void onOutcome(String key, TransactionOutcome outcome, Duration took) {
        String limit = outcome instanceof TransactionOutcome.Refused refused ? low(refused.limit()) : NONE;
        record("outcome", tags.and(OUTCOME, word(outcome), "limit", limit), took);
    }

    private void record(String meter, Tags all, Duration took) {
        registry.timer(PREFIX + meter, all).record(took);
    }

    private static String word(TransactionOutcome outcome) {
        return switch (outcome) {
            case TransactionOutcome.Confirmed confirmed -> "confirmed";
            case TransactionOutcome.Reverted reverted -> reverted.receipt().isPresent() ? "reverted" : "would_revert";
            case TransactionOutcome.Refused refused -> "refused";
            case TransactionOutcome.Dropped dropped -> "dropped";
            case TransactionOutcome.Unknown unknown -> "unknown";
        };
    }

    private static String word(SendOutcome outcome) {
        return switch (outcome) {
            case SendOutcome.Accepted accepted -> "accepted";
            case SendOutcome.AlreadyKnown known -> "already_known";
            case SendOutcome.Mined mined -> "mined";
            case SendOutcome.Replaced replaced -> "replaced";
            case SendOutcome.Rejected rejected -> "rejected";
            case SendOutcome.Unknown unknown -> "unknown";
        };
    }

    private static String low(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
