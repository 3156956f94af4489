package dev.tocsin.benchmarks.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClassifier;
import dev.tocsin.rpcpool.error.RpcError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What it costs to find out what an error means, by one thread: all errors that nodes are known to give, and the same from a provider that
 * nobody has met, by its words alone.
 *
 * @param known microseconds for each, a known provider's words
 * @param unknown likewise, words that no row fits
 * @param table for people
 */
record ClassifierCost(double known, double unknown, String table) {

    private static final String TABLE = "/dev/tocsin/rpcpool/error/errors.tsv";
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration MEASURED = Duration.ofMillis(500);
    private static final int REPETITIONS = 5;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    static ClassifierCost measure() throws IOException {
        List<RpcError> known = errors(false);
        List<Double> ofKnown = micros(known);
        List<Double> ofUnknown = micros(errors(true));
        String table = "| to classify an error, one thread | µs of processor time each, median (min–max) |\n|---|---|\n"
                + row("the " + known.size() + " known ones", ofKnown)
                + row("the same in words of another provider's own", ofUnknown);
        return new ClassifierCost(median(ofKnown), median(ofUnknown), table.stripTrailing());
    }

    private static String row(String title, List<Double> micros) {
        return String.format(
                Locale.ROOT, "| %s | %.2f (%.2f–%.2f) |%n", title, median(micros), micros.getFirst(), micros.getLast());
    }

    private static double median(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }

    /** By the columns of the table; gaps in a text are filled. */
    private static List<RpcError> errors(boolean isStrange) throws IOException {
        List<RpcError> errors = new ArrayList<>();
        for (String line : lines()) {
            String[] cells = line.split("\t", -1);
            if (line.startsWith("#") || cells.length < 6 || cells[0].equals("provider") || cells[4].isEmpty()) {
                continue;
            }
            String text = cells[4].replaceAll("<[^>]*>", "0x12ab");
            errors.add(new RpcError(
                    isStrange || cells[0].isEmpty() ? null : cells[0].split(",", 2)[0],
                    null,
                    cells[3].isEmpty() ? null : cells[3],
                    number(cells[1]),
                    number(cells[2].split("\\.\\.", 2)[0]),
                    isStrange ? "upstream said (17): " + text + ", see our docs" : text,
                    null));
        }
        return errors;
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = ErrorClassifier.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IOException("no " + TABLE);
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        }
    }

    private static OptionalInt number(String cell) {
        return cell.matches("-?\\d+") ? OptionalInt.of(Integer.parseInt(cell)) : OptionalInt.empty();
    }

    private static List<Double> micros(List<RpcError> errors) {
        ErrorClassifier classifier = ErrorClassifier.standard();
        micros(classifier, errors, WARM_UP);
        List<Double> micros = new ArrayList<>();
        for (int i = 0; i < REPETITIONS; i++) {
            micros.add(micros(classifier, errors, MEASURED));
        }
        micros.sort(null);
        return List.copyOf(micros);
    }

    private static double micros(ErrorClassifier classifier, List<RpcError> errors, Duration time) {
        long count = 0;
        long known = 0;
        long start = System.nanoTime();
        long cpu = THREADS.getCurrentThreadCpuTime(); // others may want the processor as well
        do {
            for (RpcError error : errors) {
                known += classifier.classify(error).isKnown() ? 1 : 0;
            }
            count += errors.size();
        } while (System.nanoTime() - start < time.toNanos());
        long took = THREADS.getCurrentThreadCpuTime() - cpu;
        if (known == 0) { // and so that nothing is left out
            throw new IllegalStateException("no error was known");
        }
        return took / 1e3 / count;
    }
}
