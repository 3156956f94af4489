package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequiresTest {
    private String before;

    @BeforeEach
    void remember() {
        before = System.getProperty("tocsin.ci", "false");
    }

    @AfterEach
    void restore() {
        System.setProperty("tocsin.ci", before);
    }

    @Test
    void whatIsThereIsNoReasonToSkip() {
        Requires.that(true, "needs nothing");

        assertThat(Requires.present(Optional.of("value"), "needs a value")).isEqualTo("value");
    }

    @Test
    void whatIsMissingSkipsTheTestWithTheSentence() {
        System.setProperty("tocsin.ci", "false");

        assertThatThrownBy(() -> Requires.that(false, "needs a moon"))
                .isNotInstanceOf(AssertionError.class) // JUnit reports it as skipped
                .hasMessageContaining("needs a moon");
    }

    @Test
    void whatIsMissingFailsTheTestInCi() {
        System.setProperty("tocsin.ci", "true");

        assertThatThrownBy(() -> Requires.present(Optional.empty(), "needs a moon"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("needs a moon");
    }
}
