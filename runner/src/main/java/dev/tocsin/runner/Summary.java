package dev.tocsin.runner;

import dev.tocsin.runner.console.Plural;
import dev.tocsin.runner.console.Style;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a demo came to.
 *
 * @param source where the blocks came from
 * @param blocks blocks of the chain that were taken in, orphans not counted
 * @param logs logs in them
 * @param decoded logs decoded, by event
 * @param matches matches of rules
 * @param alerts alerts recorded
 * @param withdrawn alerts withdrawn after a reorganisation
 * @param deliveries messages accepted, by gateway
 * @param expected what the second computation says must arrive, by gateway; empty if there was none
 * @param lost alerts that should have arrived and did not; without a second computation only what is known of
 * @param duplicated alerts that arrived more than once, likewise
 * @param p50Millis half of the deliveries took at most so long from their block; 0 if there were none
 * @param p99Millis of a hundred deliveries, 99 took at most so long; 0 if there were none
 * @param failovers calls that moved to another node
 * @param reorganisations branches that replaced another
 */
record Summary(
        DemoOptions.Source source,
        long blocks,
        long logs,
        SortedMap<String, Long> decoded,
        long matches,
        long alerts,
        long withdrawn,
        SortedMap<String, Long> deliveries,
        SortedMap<String, Expected> expected,
        long lost,
        long duplicated,
        double p50Millis,
        double p99Millis,
        long failovers,
        long reorganisations) {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * What one gateway was to get.
     *
     * @param alerts how many alerts
     * @param missing those of them that have not arrived
     */
    record Expected(long alerts, long missing) {}

    /** Whether a second computation says what must have arrived. */
    boolean verified() {
        return !expected.isEmpty();
    }

    /** Nothing lost and nothing twice, as far as is known. */
    boolean clean() {
        return lost == 0 && duplicated == 0;
    }

    /** The flat form: one key a figure. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("source", source.key());
        figures.put("blocks", blocks);
        figures.put("logs", logs);
        decoded.forEach((event, count) -> figures.put("decoded." + event, count));
        figures.put("matches", matches);
        figures.put("alerts", alerts);
        figures.put("withdrawn", withdrawn);
        deliveries.forEach((gateway, count) -> figures.put("deliveries." + gateway, count));
        expected.forEach((gateway, due) -> figures.put("expected." + gateway, due.alerts()));
        figures.put("verified", verified());
        figures.put("lost", lost);
        figures.put("duplicated", duplicated);
        figures.put("p50_ms", p50Millis);
        figures.put("p99_ms", p99Millis);
        figures.put("failovers", failovers);
        figures.put("reorganisations", reorganisations);
        return figures;
    }

    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(figures()) + "\n");
    }

    /** The lines of the screen. */
    List<String> lines(Style style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("Summary") + " (" + source.words() + ")");
        lines.add(row("blocks", blocks + ", " + Plural.of(reorganisations, "reorganisation")));
        lines.add(row("logs", Long.toString(logs)));
        decoded.forEach((event, count) -> lines.add(row("decoded " + event, Long.toString(count))));
        lines.add(row("matches", Long.toString(matches)));
        lines.add(row("alerts", alerts + ", " + withdrawn + " withdrawn"));
        deliveries.forEach((gateway, count) -> {
            lines.add(row("delivered by " + gateway, Plural.of(count, "message")));
            Expected due = expected.get(gateway);
            if (due != null) {
                lines.add(row("expected by " + gateway, words(due, style)));
            }
        });
        lines.add(row("lost", verdict(lost, style)));
        lines.add(row("duplicated", verdict(duplicated, style)));
        lines.add(row("block to delivery", "p50 " + millis(p50Millis) + ", p99 " + millis(p99Millis)));
        lines.add(row("failovers", Plural.of(failovers, "call") + " moved to another node"));
        return lines;
    }

    private static String words(Expected due, Style style) {
        String arrived = due.missing() == 0 ? "all arrived" : due.missing() + " did not arrive";
        return Plural.of(due.alerts(), "alert") + ", " + style.verdict(due.missing() == 0, arrived);
    }

    private String verdict(long count, Style style) {
        if (verified()) {
            return style.verdict(count == 0, Long.toString(count));
        }
        String known = count == 0 ? "none known of" : style.verdict(false, count + " known of");
        return known + ", not verified (real nodes: no second computation)";
    }

    private String millis(double millis) {
        boolean measured = deliveries.values().stream().anyMatch(count -> count > 0);
        return measured ? millis + " ms" : "–";
    }

    private static String row(String name, String value) {
        return String.format("  %-24s %s", name, value);
    }
}
