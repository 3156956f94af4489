package dev.tocsin.alerting;

import java.util.Locale;
import java.util.Optional;

/** How bad an alert is, from bad to worse: the order of the constants is the order of severities. */
public enum Severity {
    /** Worth knowing; nobody has to act. */
    INFO,
    /** Somebody should look, soon. */
    WARNING,
    /** Somebody has to act now. */
    CRITICAL;

    /**
     * The severity that a label value names, in any case.
     *
     * @param word for example {@code critical}
     * @return the severity, or empty if the word names none
     */
    public static Optional<Severity> of(String word) {
        for (Severity severity : values()) {
            if (severity.name().equalsIgnoreCase(word)) {
                return Optional.of(severity);
            }
        }
        return Optional.empty();
    }

    /**
     * The value of the label {@code severity} that stands for this.
     *
     * @return the name in lower case
     */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
