package dev.tocsin.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of both formats: Prometheus text 0.0.4 (prometheus.io, exposition formats) and OpenMetrics 1.0 (its section "ABNF"), as far as
 * this module writes them. Whatever it does not know is an error. It knows nothing of the code that writes.
 */
final class ExpositionText {
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*)(?: (.*))?");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
    private static final Pattern VALUE = Pattern.compile("NaN|[+-]Inf|-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Map<String, List<String>> SUFFIXES = Map.of(
            "histogram", List.of("_bucket", "_count", "_sum", "_created"),
            "summary", List.of("", "_count", "_sum", "_created"));

    private final boolean openMetrics;
    private final Map<String, String> typeByFamily = new LinkedHashMap<>();
    private final Map<String, String> unitByFamily = new HashMap<>();
    private final Map<String, Double> valueBySample = new LinkedHashMap<>();
    private final Set<String> closedFamilies = new HashSet<>();
    private String family = "";

    private ExpositionText(boolean openMetrics) {
        this.openMetrics = openMetrics;
    }

    static ExpositionText ofText(String text) {
        return new ExpositionText(false).read(text);
    }

    static ExpositionText ofOpenMetrics(String text) {
        return new ExpositionText(true).read(text);
    }

    Map<String, String> types() {
        return typeByFamily;
    }

    /** A sample by its name and its labels, sorted: {@code name{a="1", b="2"}} without braces if there are no labels. */
    double value(String sample) {
        Double value = valueBySample.get(sample);
        if (value == null) {
            throw new AssertionError("no sample " + sample + " among " + valueBySample.keySet());
        }
        return value;
    }

    Set<String> samples() {
        return valueBySample.keySet();
    }

    private ExpositionText read(String text) {
        demand(text.endsWith("\n"), "the last line must end", text);
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        lines.removeLast();
        if (openMetrics) {
            demand(!lines.isEmpty() && lines.removeLast().equals("# EOF"), "must end with # EOF", text);
        }
        for (String line : lines) {
            Matcher comment = COMMENT.matcher(line);
            if (line.startsWith("#")) {
                demand(comment.matches(), "comment", line);
                comment(comment, line);
            } else {
                sample(line);
            }
        }
        checkHistograms();
        return this;
    }

    private void comment(Matcher comment, String line) {
        String name = comment.group(2);
        enter(name, line);
        String rest = comment.group(3) == null ? "" : comment.group(3);
        switch (comment.group(1)) {
            case "TYPE" -> {
                demand(
                        Set.of("counter", "gauge", "histogram", "summary", "untyped", "unknown", "info")
                                .contains(rest),
                        "type",
                        line);
                demand(typeByFamily.put(name, rest) == null, "second TYPE", line);
                demand(!openMetrics || !rest.equals("counter") || !name.endsWith("_total"), "_total in TYPE", line);
            }
            case "UNIT" -> {
                demand(openMetrics && (rest.isEmpty() || name.endsWith("_" + rest)), "unit must end the name", line);
                unitByFamily.put(name, rest);
            }
            default -> demand(!rest.replaceAll("\\\\[\\\\n\"]", "").contains("\\"), "escape in HELP", line);
        }
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        demand(sample.matches(), "sample", line);
        String name = sample.group(1);
        demand(belongs(name), "sample outside of its family " + family, line);
        demand(VALUE.matcher(sample.group(3)).matches(), "value", line);
        double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
        Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2), line);
        demand(
                valueBySample.put(name + (labels.isEmpty() ? "" : labels.toString()), value) == null,
                "second sample",
                line);
        if ("counter".equals(typeByFamily.get(family))) {
            demand(value >= 0, "negative counter", line);
        }
    }

    private boolean belongs(String name) {
        String type = typeByFamily.get(family);
        if (type == null || !name.startsWith(family)) {
            return false;
        }
        String suffix = name.substring(family.length());
        if (type.equals("counter")) {
            return openMetrics
                    ? Set.of("_total", "_created").contains(suffix)
                    : suffix.isEmpty() && name.endsWith("_total");
        }
        if (type.equals("info")) {
            return suffix.equals("_info");
        }
        return SUFFIXES.getOrDefault(type, List.of("")).contains(suffix);
    }

    private Map<String, String> labels(String text, String line) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int at = 0;
        while (at < text.length()) {
            demand(label.find(at) && label.start() == at, "label at " + at, line);
            demand(labels.put(label.group(1), label.group(2)) == null, "label twice", line);
            at = label.end();
        }
        return labels;
    }

    private void enter(String name, String line) {
        if (!name.equals(family)) {
            closedFamilies.add(family);
            demand(!closedFamilies.contains(name), "family in two pieces", line);
            family = name;
        }
    }

    /** Buckets must not fall, and the last of them must be the count. */
    private void checkHistograms() {
        Map<String, Double> last = new HashMap<>();
        valueBySample.forEach((sample, value) -> {
            int bucket = sample.indexOf("_bucket{");
            if (bucket > 0 && "histogram".equals(typeByFamily.get(sample.substring(0, bucket)))) {
                String series = sample.replaceAll("(, )?le=[^,}]*", "")
                        .replace("_bucket", "_count")
                        .replace("{}", "");
                demand(last.getOrDefault(series, 0.0) <= value, "bucket falls", sample);
                last.put(series, value);
            }
        });
        last.forEach((series, value) ->
                demand(value(series.replace("{, ", "{")) == value, "count is not the last bucket", series));
    }

    private static void demand(boolean held, String rule, String where) {
        if (!held) {
            throw new AssertionError(rule + ": " + where);
        }
    }
}
