package dev.tocsin.coordination;

import java.time.Duration;

/** The lease has less time left than was asked for, or has been lost. What it protects must not be begun. */
public final class LeaseLostException extends CoordinationException {
    private static final long serialVersionUID = 1L;

    /** The lease's name. */
    private final String name;

    /** What was left. */
    private final Duration remaining;

    /**
     * Creates it.
     *
     * @param name the lease's name
     * @param remaining what was left
     * @param asked what was asked for
     */
    public LeaseLostException(String name, Duration remaining, Duration asked) {
        super("lease " + name + " has " + remaining + " left, " + asked + " asked for", null);
        this.name = name;
        this.remaining = remaining;
    }

    /**
     * Returns the lease's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns what was left.
     *
     * @return the time left; zero if the lease has been lost
     */
    public Duration remaining() {
        return remaining;
    }
}
