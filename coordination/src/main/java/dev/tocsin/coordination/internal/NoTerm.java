package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.Leadership;
import dev.tocsin.coordination.LeaseLostException;
import java.time.Duration;

/** The answer of a candidate that has never led. */
record NoTerm(String election) implements Leadership {
    @Override
    public boolean isValid() {
        return false;
    }

    @Override
    public long token() {
        return 0;
    }

    @Override
    public Duration remaining() {
        return Duration.ZERO;
    }

    @Override
    public void ensure(Duration atLeast) {
        throw new LeaseLostException(election, Duration.ZERO, atLeast);
    }
}
