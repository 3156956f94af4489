package dev.tocsin.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("1994-11-06T08:49:00Z"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | PT0S",
                "120 | PT2M",
                " 7 | PT7S",
                "999999999999999999999999 | PT8760H",
                "Sun, 06 Nov 1994 08:49:37 GMT | PT37S",
                "Sunday, 06-Nov-94 08:49:37 GMT | PT37S",
                "Sun Nov  6 08:49:37 1994 | PT37S",
                "Sun, 06 Nov 1994 08:48:00 GMT | PT0S"
            })
    void everyFormIsRead(String value, Duration pause) {
        assertThat(parsed(Map.of("Retry-After", List.of(value)))).contains(pause);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1", "1.5", "Sun, 99 Nov 1994 08:49:37 GMT"})
    void whatCannotBeReadIsAsIfNotSaid(String value) {
        assertThat(parsed(Map.of("Retry-After", List.of(value)))).isEmpty();
    }

    @Test
    void aDateIsComparedWithTheServersOwnClock() {
        assertThat(parsed(Map.of(
                        "Retry-After", List.of("Fri, 31 Dec 1999 23:59:59 GMT"),
                        "Date", List.of("Fri, 31 Dec 1999 23:59:29 GMT"))))
                .contains(Duration.ofSeconds(30));
    }

    private static Optional<Duration> parsed(Map<String, List<String>> headers) {
        return RetryAfter.of(HttpHeaders.of(headers, (name, value) -> true), CLOCK);
    }
}
