package dev.tocsin.notification;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.regex.Pattern;

/** What both HTTP gateways can be told. */
record HttpOptions(String name, Duration connectTimeout, Duration timeout, InstantSource clock) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final Duration LONGEST = Duration.ofMinutes(5);

    HttpOptions {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name must be 1 to 64 characters of A-Z a-z 0-9 . _ : -, was '" + name + "'");
        }
        checked(connectTimeout, "connectTimeout");
        checked(timeout, "timeout");
        requireNonNull(clock, "clock");
    }

    static HttpOptions named(String name) {
        return new HttpOptions(name, Duration.ofSeconds(5), Duration.ofSeconds(10), InstantSource.system());
    }

    HttpOptions withName(String name) {
        return new HttpOptions(name, connectTimeout, timeout, clock);
    }

    HttpOptions withConnectTimeout(Duration connectTimeout) {
        return new HttpOptions(name, connectTimeout, timeout, clock);
    }

    HttpOptions withTimeout(Duration timeout) {
        return new HttpOptions(name, connectTimeout, timeout, clock);
    }

    HttpOptions withClock(InstantSource clock) {
        return new HttpOptions(name, connectTimeout, timeout, clock);
    }

    private static void checked(Duration value, String name) {
        if (value.toMillis() < 1 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be 1 ms to 5 min, was " + value);
        }
    }
}
