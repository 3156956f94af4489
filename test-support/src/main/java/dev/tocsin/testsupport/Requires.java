package dev.tocsin.testsupport;

import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from the machine it runs on. Where it is missing the test is skipped with one clear sentence; with the system property
 * {@code tocsin.ci} set to {@code true} it fails with the same sentence, so that nothing is skipped unseen in CI.
 */
public final class Requires {
    private Requires() {}

    /**
     * Goes on if the condition holds; otherwise skips the test, or fails it in CI.
     *
     * @param condition what must hold
     * @param sentence one sentence for the person who reads the report: what is missing and how to get it
     */
    public static void that(boolean condition, String sentence) {
        if (!condition) {
            missing(sentence);
        }
    }

    /**
     * The value, if there is one; otherwise skips the test, or fails it in CI.
     *
     * @param <T> the kind of value
     * @param value what must be present
     * @param sentence one sentence for the person who reads the report: what is missing and how to get it
     * @return the value
     */
    public static <T> T present(Optional<T> value, String sentence) {
        if (value.isEmpty()) {
            missing(sentence);
        }
        return value.orElseThrow();
    }

    /**
     * Tells whether this run is one of CI, in which nothing may be skipped.
     *
     * @return true if the system property {@code tocsin.ci} is {@code true}
     */
    public static boolean ci() {
        return Boolean.getBoolean("tocsin.ci");
    }

    private static void missing(String sentence) {
        if (ci()) {
            Assertions.fail(sentence);
        }
        Assumptions.abort(sentence);
    }
}
