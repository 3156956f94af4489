package dev.tocsin.alerting;

import java.util.Objects;

/** The rule for label names: Prometheus data model, {@code [a-zA-Z_][a-zA-Z0-9_]*}. */
final class LabelNames {
    static final String ALERT_NAME = "alertname";
    static final String SEVERITY = "severity";

    private LabelNames() {}

    static String check(String name) {
        Objects.requireNonNull(name, "name");
        boolean valid = !name.isEmpty() && !isDigit(name.charAt(0));
        for (int i = 0; valid && i < name.length(); i++) {
            char c = name.charAt(i);
            valid = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || isDigit(c);
        }
        if (!valid) {
            throw new IllegalArgumentException(
                    "label name must be letters, digits and _ and not begin with a digit, was \"" + name + '"');
        }
        return name;
    }

    /** The form in which label values are printed: quoted as in Alertmanager's matchers. */
    static String quote(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
