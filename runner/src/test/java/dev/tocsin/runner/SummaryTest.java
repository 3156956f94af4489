package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.runner.console.Style;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SummaryTest {

    private static final SortedMap<String, Long> NOTHING = new TreeMap<>(Map.of("email", 0L, "terminal", 0L));

    private static Summary summary(
            DemoOptions.Source source,
            SortedMap<String, Long> deliveries,
            SortedMap<String, Summary.Expected> expected,
            long lost) {
        return new Summary(source, 1, 2, new TreeMap<>(), 0, 0, 0, deliveries, expected, lost, 0, 0, 0, 0, 1);
    }

    private static List<String> lines(Summary summary) {
        return summary.lines(Style.PLAIN);
    }

    @Test
    void withoutASecondComputationNothingIsCalledVerified() {
        Summary summary = summary(DemoOptions.Source.RPC, NOTHING, new TreeMap<>(), 0);

        assertThat(lines(summary))
                .startsWith("Summary (blocks of real nodes)")
                .contains("  lost                     none known of, not verified (real nodes: no second computation)")
                .contains("  duplicated               none known of, not verified (real nodes: no second computation)");
        assertThat(summary.lines(Style.COLOUR)).noneMatch(line -> line.contains("\u001b[32m"));
        assertThat(summary.figures()).containsEntry("verified", false).containsEntry("lost", 0L);
        assertThat(summary.figures().keySet()).noneMatch(key -> key.startsWith("expected."));
    }

    @Test
    void whatIsKnownToBeLostIsSaidEvenThen() {
        Summary summary = summary(DemoOptions.Source.RPC, NOTHING, new TreeMap<>(), 2);

        assertThat(lines(summary))
                .contains("  lost                     2 known of, not verified (real nodes: no second computation)");
        assertThat(summary.clean()).isFalse();
    }

    @Test
    void whatTheSecondComputationExpectsStandsBesideWhatWasDelivered() {
        Summary summary = summary(
                DemoOptions.Source.SIMULATED,
                new TreeMap<>(Map.of("email", 1L, "terminal", 2L)),
                new TreeMap<>(Map.of("email", new Summary.Expected(1, 0), "terminal", new Summary.Expected(3, 1))),
                1);

        assertThat(lines(summary))
                .containsSubsequence(
                        "  delivered by email       1 message",
                        "  expected by email        1 alert, all arrived",
                        "  delivered by terminal    2 messages",
                        "  expected by terminal     3 alerts, 1 did not arrive",
                        "  lost                     1",
                        "  duplicated               0");
        assertThat(summary.figures())
                .containsEntry("source", "simulated")
                .containsEntry("verified", true)
                .containsEntry("expected.email", 1L)
                .containsEntry("expected.terminal", 3L);
    }

    @Test
    void oneIsSaidInTheSingularAndAPercentileOfNothingIsADash() {
        Summary summary = summary(DemoOptions.Source.REPLAY, NOTHING, new TreeMap<>(), 0);

        assertThat(lines(summary))
                .contains("  blocks                   1, 1 reorganisation")
                .contains("  block to delivery        p50 –, p99 –");
        assertThat(summary.figures()).containsEntry("p50_ms", 0.0).containsEntry("p99_ms", 0.0);
    }
}
