package dev.tocsin.notification;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code Retry-After}: seconds or one of the three HTTP dates (RFC 9110 sections 10.2.3 and 5.6.7). */
final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("[0-9]+");
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, 1970) // to 2069
                    .appendPattern(" HH:mm:ss zzz")
                    .toFormatter(Locale.ENGLISH),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC));

    private RetryAfter() {}

    /** The pause asked for; empty if none was, or if it cannot be read. A date is compared with the server's own clock if it says it. */
    static Optional<Duration> of(HttpHeaders headers, InstantSource clock) {
        return headers.firstValue("Retry-After").flatMap(value -> of(value.strip(), headers, clock));
    }

    private static Optional<Duration> of(String value, HttpHeaders headers, InstantSource clock) {
        if (SECONDS.matcher(value).matches()) {
            return Optional.of(value.length() > 8 ? LONGEST : shorter(Duration.ofSeconds(Long.parseLong(value))));
        }
        return date(value).map(until -> {
            Instant now = headers.firstValue("Date").flatMap(RetryAfter::date).orElseGet(clock::instant);
            Duration pause = Duration.between(now, until);
            return pause.isNegative() ? Duration.ZERO : shorter(pause);
        });
    }

    private static Optional<Instant> date(String text) {
        for (DateTimeFormatter format : DATES) {
            try {
                return Optional.of(ZonedDateTime.parse(text.strip(), format).toInstant());
            } catch (DateTimeException e) {
                // not this form; the next one, or none
            }
        }
        return Optional.empty();
    }

    private static Duration shorter(Duration pause) {
        return pause.compareTo(LONGEST) < 0 ? pause : LONGEST;
    }
}
