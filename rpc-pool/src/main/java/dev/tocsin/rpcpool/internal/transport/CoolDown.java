package dev.tocsin.rpcpool.internal.transport;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * For how long a node that limits us is left alone: as long as it says, in {@code Retry-After} (RFC 9110, section 10.2.3), in the error's data
 * ({@code backoff_seconds}) or in its text ("try again in 4ms"); else a second. Five minutes at most, and for a quota that is used up at least so long.
 *
 * @param time how long it is left alone as long as there is another
 * @param told how long it has told us to stay away: it is not asked before, not even as the last one; zero if it has told nothing
 */
public record CoolDown(Duration time, Duration told) {

    private static final CoolDown GUESSED = new CoolDown(Duration.ofSeconds(1), Duration.ZERO);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (name, value) -> true);
    private static final int MOST_DIGITS = 9;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1," + MOST_DIGITS + "}");
    private static final Pattern DATA =
            Pattern.compile("\"?(?:backoff_seconds|retry_after|retryAfter)\"?\\s*:\\s*\"?([0-9]{1,9})(?:\\.[0-9]+)?");
    private static final Pattern TEXT = Pattern.compile(
            "(?:again|retry|reset|wait|back ?off)[^0-9]{0,30}?([0-9]{1,9})(?:\\.[0-9]+)?\\s*(ms|millis\\w*|s|secs?|seconds?|m|mins?|minutes?)\\b");

    /** As {@link #of(ErrorClass, HttpHeaders, String, String)}, for an error in a batch: the headers are not about it. */
    static Optional<CoolDown> of(CallOutcome.Rejected rejected) {
        return of(rejected.errorClass(), NONE, rejected.message(), rejected.data());
    }

    /** How long, for an error of a class that limits us; empty for any other. */
    public static Optional<CoolDown> of(ErrorClass error, HttpHeaders headers, String message, @Nullable String data) {
        return switch (error) {
            case QUOTA_EXHAUSTED -> Optional.of(new CoolDown(LONGEST, hinted(headers, message, data).told));
            case RATE_LIMITED, NODE_OVERLOADED, WS_LIMIT -> Optional.of(hinted(headers, message, data));
            default -> Optional.empty();
        };
    }

    /** How long, after HTTP 429. */
    public static CoolDown ofTooManyRequests(HttpHeaders headers, String body) {
        return hinted(headers, body, body);
    }

    private static CoolDown hinted(HttpHeaders headers, String message, @Nullable String data) {
        return header(headers)
                .or(() -> inData(data))
                .or(() -> inText(message))
                .map(CoolDown::told)
                .orElse(GUESSED);
    }

    private static Optional<Duration> header(HttpHeaders headers) {
        return headers.firstValue("Retry-After").flatMap(value -> {
            String text = value.strip();
            if (SECONDS.matcher(text).matches()) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            }
            // a date is compared with the server's own clock
            Optional<Instant> until = date(text);
            Optional<Instant> now = headers.firstValue("Date").flatMap(CoolDown::date);
            return until.isPresent() && now.isPresent()
                    ? Optional.of(Duration.between(now.get(), until.get()))
                    : Optional.empty();
        });
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> inData(@Nullable String data) {
        if (data == null) {
            return Optional.empty();
        }
        Matcher matcher = DATA.matcher(data);
        return matcher.find() ? Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(1)))) : Optional.empty();
    }

    private static Optional<Duration> inText(String message) {
        Matcher matcher = TEXT.matcher(message.toLowerCase(Locale.ROOT));
        if (!matcher.find()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2);
        return Optional.of(
                unit.equals("ms") || unit.startsWith("milli")
                        ? Duration.ofMillis(number)
                        : unit.startsWith("m") ? Duration.ofMinutes(number) : Duration.ofSeconds(number));
    }

    private static CoolDown told(Duration hint) {
        Duration time = hint.isNegative() ? Duration.ZERO : hint.compareTo(LONGEST) > 0 ? LONGEST : hint;
        return new CoolDown(time, time);
    }
}
