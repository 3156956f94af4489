package dev.tocsin.benchmarks.rpcpool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What a client saw under load.
 *
 * @param samples one for each call
 * @param errorsByText how often each was given to the caller
 */
record Load(List<Sample> samples, Map<String, Integer> errorsByText) {

    /** A call; what it brought is negative if it failed. */
    record Sample(double startMillis, double tookMillis, long value) {
        double endMillis() {
            return startMillis + tookMillis;
        }
    }

    static Load from(JsonNode json) {
        List<Sample> samples = new ArrayList<>();
        json.path("samples")
                .forEach(one -> samples.add(new Sample(
                        one.get(0).asDouble(), one.get(1).asDouble(), one.get(2).asLong())));
        Map<String, Integer> errors = new TreeMap<>();
        json.path("errors")
                .properties()
                .forEach(error -> errors.put(error.getKey(), error.getValue().asInt()));
        return new Load(List.copyOf(samples), Map.copyOf(errors));
    }

    /** The time that so many of a hundred answers took at most; failed calls count with the time they took. */
    double percentile(double percent) {
        List<Double> times = samples.stream().map(Sample::tookMillis).sorted().toList();
        if (times.isEmpty()) {
            return Double.NaN;
        }
        int at = (int) Math.ceil(times.size() * percent / 100) - 1;
        return times.get(Math.clamp(at, 0, times.size() - 1));
    }

    int errors() {
        return (int) samples.stream().filter(sample -> sample.value() < 0).count();
    }

    /** Answers lower than one that had been given before their call began. */
    long backward() {
        List<Sample> byEnd = samples.stream()
                .filter(sample -> sample.value() >= 0)
                .sorted(Comparator.comparingDouble(Sample::endMillis))
                .toList();
        return byEnd.stream()
                .filter(late -> byEnd.stream()
                        .takeWhile(early -> early.endMillis() <= late.startMillis())
                        .anyMatch(early -> early.value() > late.value()))
                .count();
    }

    String times() {
        return String.format(Locale.ROOT, "%.1f / %.1f", percentile(50), percentile(99));
    }
}
