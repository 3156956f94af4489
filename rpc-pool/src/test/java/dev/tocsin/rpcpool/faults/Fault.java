package dev.tocsin.rpcpool.faults;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Something that goes wrong at a {@link FaultyNode}. By itself it strikes every request; {@link #on}, {@link #share} and {@link #flapping}
 * narrow it down. Immutable.
 */
public final class Fault {

    private final Effect effect;
    private final Set<String> methods; // none: all
    private final double share;
    private final Duration period; // zero: always

    private Fault(Effect effect, Set<String> methods, double share, Duration period) {
        this.effect = effect;
        this.methods = methods;
        this.share = share;
        this.period = period;
    }

    private static Fault of(Effect effect) {
        return new Fault(effect, Set.of(), 1, Duration.ZERO);
    }

    /**
     * Each request is held back before it is passed on, for a time that is drawn anew, evenly.
     *
     * @param least the shortest time
     * @param most the longest time
     * @return the fault
     * @throws IllegalArgumentException if a time is negative, or the longest shorter than the shortest
     */
    public static Fault latency(Duration least, Duration most) {
        if (least.isNegative() || most.compareTo(least) < 0) {
            throw new IllegalArgumentException("latency must be from 0 and rising, was " + least + " to " + most);
        }
        return of(new Effect.Delay(least.toNanos(), most.toNanos()));
    }

    /**
     * Each request is held back before it is passed on, or forgotten if the client leaves meanwhile. Adds to {@link #latency}.
     *
     * @param time how long
     * @return the fault
     */
    public static Fault stall(Duration time) {
        return latency(time, time);
    }

    /**
     * The connection is reset (RST) once the request has been read; the node behind does not get it.
     *
     * @return the fault
     * @see FaultyNode#refuse()
     */
    public static Fault reset() {
        return of(new Effect.Reset());
    }

    /**
     * The node behind gets the request and answers it; then the connection is reset (RST) instead of bringing the answer.
     *
     * @return the fault; with {@code .on("eth_sendRawTransaction")} a transaction that was taken without a word
     */
    public static Fault lostAnswer() {
        return of(new Effect.LostAnswer());
    }

    /**
     * The node behind gets the request and answers it; then half of the answer comes, and the connection is closed.
     *
     * @return the fault
     */
    public static Fault truncated() {
        return of(new Effect.Truncated());
    }

    /**
     * HTTP 429 with {@code Retry-After} in seconds. Says so to every request; it is for the test to heal the node when the time has passed.
     *
     * @param retryAfter rounded up to seconds
     * @return the fault
     */
    public static Fault tooManyRequests(Duration retryAfter) {
        long seconds = retryAfter.plusNanos(999_999_999).toSeconds();
        return of(new Effect.Http(429, Long.toString(seconds), "too many requests"));
    }

    /**
     * HTTP 429 with {@code Retry-After} as a date.
     *
     * @param until when requests are welcome again, as the node says; rounded down to seconds
     * @return the fault
     */
    public static Fault tooManyRequests(Instant until) {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atOffset(ZoneOffset.UTC));
        return of(new Effect.Http(429, date, "too many requests"));
    }

    /**
     * An answer of HTTP alone, such as the page of a gateway; the node behind does not get the request.
     *
     * @param status 200 to 599
     * @param body what comes instead of an answer
     * @return the fault
     */
    public static Fault http(int status, String body) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status must be 200 to 599, was " + status);
        }
        return of(new Effect.Http(status, "", requireNonNull(body, "body")));
    }

    /**
     * An error of JSON-RPC with HTTP 200; the node behind does not get the call. Of a batch only those calls fail whose method is meant.
     *
     * @param code such as -32000
     * @param message such as {@code header not found}
     * @return the fault
     */
    public static Fault error(int code, String message) {
        return of(new Effect.Error(code, requireNonNull(message, "message")));
    }

    /**
     * The node is behind: {@code eth_blockNumber} is lower, {@code latest} and {@code pending} mean that lower block, and of what is in later
     * blocks (blocks, transactions, receipts, logs) it knows nothing. A call without a block, where {@code latest} is optional, is passed on
     * as it is.
     *
     * @param blocks how many
     * @return the fault
     */
    public static Fault lag(int blocks) {
        if (blocks < 0) {
            throw new IllegalArgumentException("blocks must be at least 0, was " + blocks);
        }
        return of(new Effect.Lag(blocks));
    }

    /**
     * The answer comes compressed ({@code Content-Encoding: gzip}), asked for or not, as from a proxy that does so with everything.
     *
     * @return the fault
     */
    public static Fault gzip() {
        return of(new Effect.Gzip());
    }

    /**
     * The node lies: it answers, but with another result. Errors of the node behind stay as they are.
     *
     * @param result JSON, such as {@code "0xbad"} with its quotation marks
     * @return the fault; narrow it down by {@link #on}, or nothing the node says is true
     * @throws IllegalArgumentException if that is no JSON
     */
    public static Fault wrong(String result) {
        JsonNode json = Conversation.parse(result.getBytes(StandardCharsets.UTF_8));
        if (json.isMissingNode()) {
            throw new IllegalArgumentException("result must be JSON, was " + result);
        }
        return of(new Effect.Wrong(json));
    }

    /**
     * The answer to a batch is out of order, or not what was asked for. Answers to single calls are as they should be.
     *
     * @param reply what comes back
     * @return the fault
     */
    public static Fault batch(BatchReply reply) {
        return of(new Effect.Batch(requireNonNull(reply, "reply")));
    }

    /**
     * Strikes only requests for certain methods; of a batch it is enough if one of its calls is meant.
     *
     * @param names such as {@code eth_getLogs}; none: every method
     * @return a changed copy
     */
    public Fault on(String... names) {
        return new Fault(effect, Set.of(names), share, period);
    }

    /**
     * Strikes only some of the requests, by the node's seeded chance.
     *
     * @param part above 0 to 1
     * @return a changed copy
     */
    public Fault share(double part) {
        if (!(part > 0 && part <= 1)) {
            throw new IllegalArgumentException("share must be above 0 to 1, was " + part);
        }
        return new Fault(effect, methods, part, period);
    }

    /**
     * Comes and goes: there for a time from when it is injected, then away for as long, and so on.
     *
     * @param time how long it is there; above zero
     * @return a changed copy
     */
    public Fault flapping(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("flapping must be above zero, was " + time);
        }
        return new Fault(effect, methods, share, time);
    }

    Effect effect() {
        return effect;
    }

    boolean isMeant(String method) {
        return methods.isEmpty() || methods.contains(method);
    }

    boolean isMeant(List<String> called) {
        return methods.isEmpty() || called.stream().anyMatch(methods::contains);
    }

    boolean isThere(long nanosSinceInjection) {
        return period.isZero() || nanosSinceInjection / period.toNanos() % 2 == 0;
    }

    double share() {
        return share;
    }

    @Override
    public String toString() {
        return effect
                + (methods.isEmpty() ? "" : " on " + methods)
                + (share < 1 ? " share " + share : "")
                + (period.isZero() ? "" : " flapping " + period);
    }

    /** What may come back instead of the answers to a batch, one each, in order. */
    public enum BatchReply {
        /** The last answer first. JSON-RPC 2.0 section 6 allows it. */
        REVERSED,
        /** Any order, by chance. JSON-RPC 2.0 section 6 allows it. */
        SHUFFLED,
        /** One answer is missing, by chance. */
        MISSING,
        /** One answer comes twice, by chance, next to each other. */
        DUPLICATE,
        /** One error without an id for the whole batch, which the node behind does not get. */
        SINGLE_OBJECT
    }
}
