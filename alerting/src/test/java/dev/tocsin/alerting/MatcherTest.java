package dev.tocsin.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MatcherTest {
    private static final Alert ALERT = Alert.firing("A").label("node", "a");

    @Test
    void equalWantsTheValue() {
        assertThat(Matcher.equal("node", "a").matches(ALERT)).isTrue();
        assertThat(Matcher.equal("node", "b").matches(ALERT)).isFalse();
        assertThat(Matcher.equal("alertname", "A").matches(ALERT)).isTrue();
    }

    @Test
    void notEqualWantsAnother() {
        assertThat(Matcher.notEqual("node", "a").matches(ALERT)).isFalse();
        assertThat(Matcher.notEqual("node", "b").matches(ALERT)).isTrue();
    }

    @Test
    void missingLabelCountsAsEmpty() {
        assertThat(Matcher.equal("zone", "").matches(ALERT)).isTrue();
        assertThat(Matcher.notEqual("zone", "").matches(ALERT)).isFalse();
        assertThat(Matcher.notEqual("zone", "b").matches(ALERT)).isTrue();
        assertThat(Matcher.notEqual("node", "").matches(ALERT)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void severityMatchesFromItselfUpwards(Severity severity) {
        Alert alert = ALERT.label("severity", severity.word());

        for (Severity atLeast : Severity.values()) {
            assertThat(Matcher.severityAtLeast(atLeast).matches(alert))
                    .isEqualTo(severity.ordinal() >= atLeast.ordinal());
        }
    }

    @Test
    void resolvedAlertMatchesAsItsFiringOne() {
        assertThat(Matcher.equal("node", "a").matches(ALERT.resolved(Instant.EPOCH)))
                .isTrue();
    }

    @Test
    void textIsThatOfAlertmanager() {
        assertThat(Matcher.equal("a", "x\"y\\z\n")).hasToString("a=\"x\\\"y\\\\z\\n\"");
        assertThat(Matcher.notEqual("a", "")).hasToString("a!=\"\"");
        assertThat(Matcher.severityAtLeast(Severity.WARNING)).hasToString("severity>=warning");
    }

    @Test
    void wrongLabelNameIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Matcher.equal("a b", "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> Matcher.notEqual("", "x"));
    }
}
