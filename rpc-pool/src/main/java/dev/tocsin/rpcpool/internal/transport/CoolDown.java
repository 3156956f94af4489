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

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final CoolDown GUESSED = new CoolDown(SECOND, Duration.ZERO);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (name, value) -> true);
    private static final int MOST_DIGITS = 9;
    private static final String NUMBER = "([0-9]+(?:\\.[0-9]+)?)";
    private static final Pattern SECONDS = Pattern.compile(NUMBER);
    private static final Pattern DATA =
            Pattern.compile("\"?(?:backoff_seconds|retry_after|retryAfter)\"?\\s*:\\s*\"?" + NUMBER);
    private static final Pattern TEXT = Pattern.compile("(?:again|retry|reset|wait|back ?off)[^0-9]{0,30}?" + NUMBER
            + "\\s*(ms|millis\\w*|s|secs?|seconds?|m|mins?|minutes?)\\b");

    /** As {@link #of(ErrorClass, HttpHeaders, String, String, Instant)}, for an error in a batch: the headers are not about it. */
    static Optional<CoolDown> of(CallOutcome.Rejected rejected) {
        return of(rejected.errorClass(), NONE, rejected.message(), rejected.data(), Instant.EPOCH);
    }

    /** How long, for an error of a class that limits us; empty for any other. */
    public static Optional<CoolDown> of(
            ErrorClass error, HttpHeaders headers, String message, @Nullable String data, Instant now) {
        return switch (error) {
            case QUOTA_EXHAUSTED -> Optional.of(new CoolDown(LONGEST, hinted(headers, message, data, now).told));
            case RATE_LIMITED, NODE_OVERLOADED, WS_LIMIT -> Optional.of(hinted(headers, message, data, now));
            default -> Optional.empty();
        };
    }

    /** How long, after HTTP 429. */
    public static CoolDown ofTooManyRequests(HttpHeaders headers, String body, Instant now) {
        return hinted(headers, body, body, now);
    }

    /** How long, after an answer that is no word of a limit, such as HTTP 503; empty if its headers do not tell. */
    static Optional<CoolDown> told(HttpHeaders headers, Instant now) {
        return header(headers, now).map(CoolDown::told);
    }

    private static CoolDown hinted(HttpHeaders headers, String message, @Nullable String data, Instant now) {
        return header(headers, now)
                .or(() -> inData(data))
                .or(() -> inText(message))
                .map(CoolDown::told)
                .orElse(GUESSED);
    }

    private static Optional<Duration> header(HttpHeaders headers, Instant now) {
        return headers.firstValue("Retry-After").flatMap(value -> {
            String text = value.strip();
            if (SECONDS.matcher(text).matches()) {
                return Optional.of(times(text, SECOND));
            }
            // a date is compared with the server's own clock if it tells its time
            Instant from = headers.firstValue("Date").flatMap(CoolDown::date).orElse(now);
            return date(text).map(until -> Duration.between(from, until));
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
        return matcher.find() ? Optional.of(times(matcher.group(1), SECOND)) : Optional.empty();
    }

    private static Optional<Duration> inText(String message) {
        Matcher matcher = TEXT.matcher(message.toLowerCase(Locale.ROOT));
        if (!matcher.find()) {
            return Optional.empty();
        }
        String unit = matcher.group(2);
        return Optional.of(times(
                matcher.group(1),
                unit.equals("ms") || unit.startsWith("milli")
                        ? Duration.ofMillis(1)
                        : unit.startsWith("m") ? Duration.ofMinutes(1) : SECOND));
    }

    /** However many digits it has. */
    private static Duration times(String number, Duration unit) {
        int point = number.indexOf('.');
        return (point < 0 ? number.length() : point) > MOST_DIGITS
                ? LONGEST
                : Duration.ofNanos((long) (Double.parseDouble(number) * unit.toNanos()));
    }

    private static CoolDown told(Duration hint) {
        Duration time = hint.isNegative() ? Duration.ZERO : hint.compareTo(LONGEST) > 0 ? LONGEST : hint;
        return new CoolDown(time, time);
    }
}
