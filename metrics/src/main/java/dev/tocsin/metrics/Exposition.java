package dev.tocsin.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The two formats in which meters are written, and the choice between them by an Accept header (RFC 9110, section 12.5.1). */
enum Exposition {
    TEXT("text/plain; version=0.0.4; charset=utf-8"),
    OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private final String contentType;

    Exposition(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    /**
     * OpenMetrics if the header names it and does not like text better; else text. A wildcard is not taken to mean OpenMetrics: browsers and
     * people with curl send one, and want to read.
     */
    static Exposition accepted(@Nullable String header) {
        List<Range> ranges = ranges(header == null ? "" : header);
        double openMetrics = ranges.stream()
                .filter(Range::isOpenMetrics)
                .mapToDouble(Range::quality)
                .max()
                .orElse(0);
        double text = ranges.stream()
                .filter(Range::isText)
                .mapToDouble(Range::quality)
                .max()
                .orElse(0);
        return openMetrics > 0 && openMetrics >= text ? OPEN_METRICS : TEXT;
    }

    private static List<Range> ranges(String header) {
        List<Range> ranges = new ArrayList<>();
        for (String range : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = range.split(";", -1);
            String version = "";
            double quality = 1;
            for (int i = 1; i < parts.length; i++) {
                String parameter = parts[i].strip();
                if (parameter.startsWith("version=")) {
                    version = parameter.substring("version=".length()).replace("\"", "");
                } else if (parameter.startsWith("q=")) {
                    quality = quality(parameter.substring("q=".length()));
                }
            }
            ranges.add(new Range(parts[0].strip(), version, quality));
        }
        return ranges;
    }

    /** A quality that cannot be read counts as none: what the client does not ask for clearly, it does not get. */
    private static double quality(String text) {
        return text.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(text) : 0;
    }

    private record Range(String type, String version, double quality) {
        boolean isOpenMetrics() {
            return type.equals("application/openmetrics-text")
                    && (version.isEmpty() || version.equals("1.0.0") || version.equals("0.0.1"));
        }

        boolean isText() {
            return type.equals("text/plain") && (version.isEmpty() || version.equals("0.0.4"));
        }
    }
}
