package dev.tocsin.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void alertIsMadeByOneSentence() {
        // @start region="alert"
        Alert alert = Alert.firing("NodeDown")
                .label("severity", "critical")
                .label("node", "a")
                .annotation("summary", "no head for 3 min")
                .startsAt(Instant.parse("2026-11-21T12:00:00Z"));
        Alert over = alert.resolved(Instant.parse("2026-11-21T12:05:00Z"));
        // @end

        assertThat(alert.name()).isEqualTo("NodeDown");
        assertThat(alert.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(alert.status()).isEqualTo(Alert.Status.FIRING);
        assertThat(alert.annotations()).containsExactly(entry("summary", "no head for 3 min"));
        assertThat(over.status()).isEqualTo(Alert.Status.RESOLVED);
        assertThat(over.resolvedAt()).contains(Instant.parse("2026-11-21T12:05:00Z"));
        assertThat(over.key()).isEqualTo(alert.key());
    }

    @Test
    void labelsAreSortedAndHoldTheName() {
        Alert alert = Alert.firing("X").label("z", "1").label("b", "2");

        assertThat(alert.labels()).containsExactly(entry("alertname", "X"), entry("b", "2"), entry("z", "1"));
    }

    @Test
    void settingALabelLeavesTheOriginalAsItWas() {
        Alert original = Alert.firing("X");

        Alert changed = original.label("a", "1");

        assertThat(original.labels()).containsOnlyKeys("alertname");
        assertThat(changed.labels()).containsOnlyKeys("alertname", "a");
    }

    @Test
    void labelsCannotBeChangedFromOutside() {
        SortedMap<String, String> labels = Alert.firing("X").labels();

        assertThat(labels).isUnmodifiable();
    }

    @Test
    void emptyLabelIsNoLabel() {
        Alert never = Alert.firing("X");
        Alert taken = never.label("a", "1").label("a", "");

        assertThat(taken).isEqualTo(never).hasSameHashCodeAs(never);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1a", "a-b", "a b", "ä", "a.b", "a:b", "a\n"})
    void whatIsNoLabelNameIsRefusedByName(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Alert.firing("X").label(name, "v"))
                .withMessage(
                        "label name must be letters, digits and _ and not begin with a digit, was \"" + name + '"');
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "_", "A9", "__x__", "severity"})
    void labelNamesOfPrometheusAreTaken(String name) {
        assertThat(Alert.firing("X").label(name, "v").labels()).containsEntry(name, "v");
    }

    @Test
    void blankNameIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Alert.firing(" "))
                .withMessage("alert name must not be blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Alert.firing("X").label("alertname", ""))
                .withMessage("alert name must not be blank");
    }

    @Test
    void nullsAreRefusedByTheirNames() {
        assertThatNullPointerException()
                .isThrownBy(() -> Alert.firing("X").label("a", null))
                .withMessage("value");
        assertThatNullPointerException()
                .isThrownBy(() -> Alert.firing("X").annotation(null, "v"))
                .withMessage("name");
    }

    @Test
    void blankKeyAndEmptyAnnotationNameAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Alert.firing("X").key(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> Alert.firing("X").annotation("", "v"));
    }

    @Test
    void annotationNamesMayBeAnyText() {
        assertThat(Alert.firing("X").annotation("field $amount", "1").annotations())
                .containsKey("field $amount");
    }

    @Test
    void settingTheLabelAlertnameRenames() {
        assertThat(Alert.firing("X").label("alertname", "Y").name()).isEqualTo("Y");
    }

    @ParameterizedTest
    @CsvSource({"info,INFO", "warning,WARNING", "CRITICAL,CRITICAL", "Critical,CRITICAL", "page,INFO"})
    void severityIsReadFromItsLabel(String word, Severity severity) {
        assertThat(Alert.firing("X").label("severity", word).severity()).isEqualTo(severity);
    }

    @Test
    void withoutLabelTheSeverityIsInfo() {
        assertThat(Alert.firing("X").severity()).isEqualTo(Severity.INFO);
    }

    @Test
    void severityWordIsTheLabelValue() {
        for (Severity severity : Severity.values()) {
            assertThat(Alert.firing("X").label("severity", severity.word()).severity())
                    .isEqualTo(severity);
        }
    }

    /** The second value was read from a genuine Alertmanager. */
    @Test
    void fingerprintIsThatOfAlertmanager() {
        SortedMap<String, String> labels = new TreeMap<>();
        assertThat(Alert.fingerprint(labels)).isEqualTo("cbf29ce484222325");

        Alert alert = Alert.firing("A").label("owner", "team-B");
        assertThat(alert.fingerprint()).isEqualTo("47f24c1cfad201d2");
    }

    @Test
    void fingerprintDependsOnLabelsOnly() {
        Alert alert = Alert.firing("A").label("owner", "team-B");

        Alert same = alert.annotation("summary", "s").key("k").startsAt(NOON).resolved(NOON);

        assertThat(same.fingerprint()).isEqualTo(alert.fingerprint());
    }

    @Test
    void keyIsTheFingerprintUnlessTheStartIsKnown() {
        Alert alert = Alert.firing("A");

        assertThat(alert.key()).isEqualTo(alert.fingerprint());
        assertThat(alert.startsAt(NOON).key()).isEqualTo(alert.fingerprint() + "@2026-11-21T12:00:00Z");
        assertThat(alert.startsAt(NOON).key("k").key()).isEqualTo("k");
    }

    @Test
    void sameConditionLaterIsAnotherOccurrence() {
        Alert first = Alert.firing("A").startsAt(NOON);
        Alert again = Alert.firing("A").startsAt(NOON.plusSeconds(3600));

        assertThat(again.key()).isNotEqualTo(first.key());
    }

    @Test
    void noAlertEndsBeforeItStarts() {
        Alert early = Alert.firing("A").startsAt(NOON).resolved(NOON.minusSeconds(5));
        Alert moved = Alert.firing("A").resolved(NOON).startsAt(NOON.plusSeconds(5));

        assertThat(early.resolvedAt()).contains(NOON);
        assertThat(moved.resolvedAt()).contains(NOON.plusSeconds(5));
    }

    @Test
    void equalityIsThatOfAllParts() {
        Alert alert = Alert.firing("A").label("a", "1").annotation("s", "t").startsAt(NOON);

        assertThat(Alert.firing("A").annotation("s", "t").startsAt(NOON).label("a", "1"))
                .isEqualTo(alert)
                .hasSameHashCodeAs(alert);
        assertThat(alert)
                .isNotEqualTo(alert.annotation("s", "u"))
                .isNotEqualTo(alert.label("a", "2"))
                .isNotEqualTo(alert.key("k"))
                .isNotEqualTo(alert.startsAt(NOON.plusNanos(1)))
                .isNotEqualTo(alert.resolved(NOON))
                .isNotEqualTo("A");
    }

    @Test
    void textNamesTheAlertAndLeavesAnnotationsOut() {
        Alert alert = Alert.firing("A")
                .label("a", "1")
                .annotation("body", "long text")
                .key("k");

        assertThat(alert).hasToString("Alert[A FIRING {a=1, alertname=A} key=k]");
    }
}
