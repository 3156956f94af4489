package dev.tocsin.benchmarks.store;

import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** How fast an engine commits when nobody kills it, and how often it asks the disk to keep what it was given. */
final class CommitRate {
    private static final int WARM_UP = 500;
    private static final int MEASURED = 3_000;
    private static final int TRACED = 300;
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    private final Engine engine;
    private final Path folder;

    CommitRate(Engine engine, Path folder) {
        this.engine = engine;
        this.folder = folder;
    }

    /** Commits per second, one thread, one transaction at a time: one figure for each repetition. */
    List<Double> perSecond(int repetitions) throws IOException, InterruptedException {
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < repetitions; i++) {
            Path file = file("rate-" + i);
            nanos(file, WARM_UP);
            rates.add(MEASURED * 1e9 / nanos(file, MEASURED));
        }
        return rates;
    }

    /** Calls of fsync and fdatasync a commit; empty where strace is missing or may not trace. */
    OptionalDouble syncsPerCommit() throws IOException, InterruptedException {
        Path file = file("trace");
        Path few = file.resolveSibling("few.txt");
        Path many = file.resolveSibling("many.txt");
        try {
            nanos(file, 1);
            if (!trace(file, 1, few) || !trace(file, TRACED + 1, many)) {
                return OptionalDouble.empty();
            }
        } catch (UncheckedIOException e) {
            return OptionalDouble.empty(); // no strace on the PATH
        }
        return OptionalDouble.of((syncs(many) - syncs(few)) / (double) TRACED);
    }

    private long nanos(Path file, int commits) throws InterruptedException {
        try (ChildProcess writer = JavaProcess.main(StoreWriter.class, "-Xmx256m", "--enable-native-access=ALL-UNNAMED")
                .args(engine.name(), file.toString(), Integer.toString(commits))
                .start()) {
            String took = writer.awaitLine("took ", DEADLINE);
            writer.awaitExit(DEADLINE);
            return Long.parseLong(took.substring("took ".length()));
        }
    }

    private boolean trace(Path file, int commits, Path log) throws InterruptedException {
        List<String> command =
                List.of("strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,msync", "-o", log.toString());
        try (ChildProcess writer = ChildProcess.of(command)
                .args(
                        System.getProperty("java.home") + "/bin/java",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        JavaProcess.classPath())
                .args(StoreWriter.class.getName(), engine.name(), file.toString(), Integer.toString(commits))
                .start()) {
            return writer.awaitExit(DEADLINE) == 0;
        }
    }

    private static long syncs(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("sync(")).count();
        }
    }

    private Path file(String name) throws IOException {
        return Files.createDirectories(folder.resolve(engine.name().toLowerCase(Locale.ROOT) + '-' + name))
                .resolve("store");
    }
}
