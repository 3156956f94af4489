package dev.tocsin.rpcpool.internal.settings;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** A setting that must be within bounds, both of them allowed. */
public final class Range {

    private Range() {}

    public static Duration check(String name, Duration value, Duration least, Duration most) {
        if (requireNonNull(value, name).compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", was " + value);
        }
        return value;
    }

    public static int check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", was " + value);
        }
        return value;
    }
}
