package dev.tocsin.runner;

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
 * @param source where the blocks came from: simulated, replay or rpc
 * @param blocks blocks of the chain that were taken in, orphans not counted
 * @param logs logs in them
 * @param decoded logs decoded, by event
 * @param matches matches of rules
 * @param alerts alerts recorded
 * @param withdrawn alerts withdrawn after a reorganisation
 * @param deliveries messages accepted, by gateway
 * @param lost alerts that should have arrived and did not
 * @param duplicated alerts that arrived more than once
 * @param p50Millis half of the deliveries took at most so long from their block
 * @param p99Millis of a hundred deliveries, 99 took at most so long
 * @param failovers calls that moved to another node
 * @param reorganisations branches that replaced another
 */
record Summary(
        String source,
        long blocks,
        long logs,
        SortedMap<String, Long> decoded,
        long matches,
        long alerts,
        long withdrawn,
        SortedMap<String, Long> deliveries,
        long lost,
        long duplicated,
        double p50Millis,
        double p99Millis,
        long failovers,
        long reorganisations) {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Nothing lost and nothing twice. */
    boolean clean() {
        return lost == 0 && duplicated == 0;
    }

    /** The flat form: one key a figure. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("source", source);
        figures.put("blocks", blocks);
        figures.put("logs", logs);
        decoded.forEach((event, count) -> figures.put("decoded." + event, count));
        figures.put("matches", matches);
        figures.put("alerts", alerts);
        figures.put("withdrawn", withdrawn);
        deliveries.forEach((gateway, count) -> figures.put("deliveries." + gateway, count));
        figures.put("lost", lost);
        figures.put("duplicated", duplicated);
        figures.put("p50_ms", p50Millis);
        figures.put("p99_ms", p99Millis);
        figures.put("failovers", failovers);
        figures.put("reorganisations", reorganisations);
        return figures;
    }

    void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, JSON.writeValueAsString(figures()) + "\n");
    }

    /** The lines of the screen. */
    List<String> lines(Style style) {
        List<String> lines = new ArrayList<>();
        lines.add(style.strong("Summary") + " (" + source + ")");
        lines.add(row("blocks", blocks + ", " + reorganisations + " reorganisations"));
        lines.add(row("logs", Long.toString(logs)));
        decoded.forEach((event, count) -> lines.add(row("decoded " + event, Long.toString(count))));
        lines.add(row("matches", Long.toString(matches)));
        lines.add(row("alerts", alerts + ", " + withdrawn + " withdrawn"));
        deliveries.forEach((gateway, count) -> lines.add(row("delivered by " + gateway, Long.toString(count))));
        lines.add(row("lost", style.verdict(lost == 0, Long.toString(lost))));
        lines.add(row("duplicated", style.verdict(duplicated == 0, Long.toString(duplicated))));
        lines.add(row("block to delivery", "p50 " + p50Millis + " ms, p99 " + p99Millis + " ms"));
        lines.add(row("failovers", Long.toString(failovers)));
        return lines;
    }

    private static String row(String name, String value) {
        return String.format("  %-24s %s", name, value);
    }
}
