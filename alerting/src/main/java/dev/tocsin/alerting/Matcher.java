package dev.tocsin.alerting;

import java.util.Objects;

/** A condition on one alert by which a {@link Route} chooses. A label that is not there counts as empty. */
public sealed interface Matcher {
    /**
     * Whether an alert meets the condition. Its status plays no part, so a resolved alert goes where its firing one went.
     *
     * @param alert the alert
     * @return true if it does
     */
    boolean matches(Alert alert);

    /**
     * The label has the value: {@code name="value"}.
     *
     * @param name a label name
     * @param value the value; empty means that there is no such label
     * @return the matcher
     * @throws IllegalArgumentException if the name is no label name
     */
    static Matcher equal(String name, String value) {
        return new Equal(name, value);
    }

    /**
     * The label has another value: {@code name!="value"}.
     *
     * @param name a label name
     * @param value the value; empty means that there must be such a label
     * @return the matcher
     * @throws IllegalArgumentException if the name is no label name
     */
    static Matcher notEqual(String name, String value) {
        return new NotEqual(name, value);
    }

    /**
     * The alert is at least so bad.
     *
     * @param severity the least severity that matches
     * @return the matcher
     */
    static Matcher severityAtLeast(Severity severity) {
        return new SeverityAtLeast(severity);
    }

    /**
     * The label has the value.
     *
     * @param name the label's name
     * @param value the value
     */
    record Equal(String name, String value) implements Matcher {
        /** Checks the name. */
        public Equal {
            LabelNames.check(name);
            Objects.requireNonNull(value, "value");
        }

        @Override
        public boolean matches(Alert alert) {
            return alert.labelOrEmpty(name).equals(value);
        }

        /** As Alertmanager writes it. */
        @Override
        public String toString() {
            return name + '=' + LabelNames.quote(value);
        }
    }

    /**
     * The label has another value.
     *
     * @param name the label's name
     * @param value the value that does not match
     */
    record NotEqual(String name, String value) implements Matcher {
        /** Checks the name. */
        public NotEqual {
            LabelNames.check(name);
            Objects.requireNonNull(value, "value");
        }

        @Override
        public boolean matches(Alert alert) {
            return !alert.labelOrEmpty(name).equals(value);
        }

        /** As Alertmanager writes it. */
        @Override
        public String toString() {
            return name + "!=" + LabelNames.quote(value);
        }
    }

    /**
     * The alert is at least so bad. Alertmanager has no such matcher.
     *
     * @param severity the least severity that matches
     */
    record SeverityAtLeast(Severity severity) implements Matcher {
        /** Checks the severity. */
        public SeverityAtLeast {
            Objects.requireNonNull(severity, "severity");
        }

        @Override
        public boolean matches(Alert alert) {
            return alert.severity().compareTo(severity) >= 0;
        }

        /** For example {@code severity>=warning}. */
        @Override
        public String toString() {
            return "severity>=" + severity.word();
        }
    }
}
