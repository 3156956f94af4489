package dev.tocsin.benchmarks.store;

import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** Kills a writer at random moments, opens its file again and compares what is in it with what was acknowledged. */
final class CrashRounds {
    private static final int SHORTEST_MILLIS = 20;
    private static final int LONGEST_MILLIS = 1_200;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final long WITHOUT_END = Long.MAX_VALUE / 2;

    private final Engine engine;
    private final Path folder;
    private final RandomGenerator random;
    private final List<Duration> reopened = new ArrayList<>();
    private final List<String> damage = new ArrayList<>();
    private long acknowledged;
    private long lost;
    private int roundsWithLoss;
    private long firstOfRound = 1;

    /** @param damage everything that was wrong with a file; a file that could not be opened at all is in it */
    record Result(
            int rounds,
            long acknowledged,
            long lost,
            int roundsWithLoss,
            List<String> damage,
            List<Duration> reopened) {}

    CrashRounds(Engine engine, Path folder, RandomGenerator random) {
        this.engine = engine;
        this.folder = folder;
        this.random = random;
    }

    Result run(int rounds) throws IOException, InterruptedException {
        warmUp();
        Path file = fresh(0);
        for (int round = 1; round <= rounds; round++) {
            OptionalLong newest = writeAndKill(file);
            if (newest.isEmpty() || !check(file, newest.getAsLong())) {
                file = fresh(round);
            }
        }
        return new Result(rounds, acknowledged, lost, roundsWithLoss, List.copyOf(damage), List.copyOf(reopened));
    }

    /** Loads the engine's classes and libraries, so that they are not counted into the first reopening. */
    private void warmUp() throws IOException {
        try (Ledger ledger = Ledger.open(engine, fresh(-1))) {
            ledger.commit(1);
        } catch (SQLException e) {
            throw new IOException(engine + " does not work here", e);
        }
    }

    /** The highest number that the writer had acknowledged when it was killed; empty if it could not commit at all. */
    private OptionalLong writeAndKill(Path file) throws InterruptedException {
        try (ChildProcess writer = JavaProcess.main(StoreWriter.class, "-Xmx256m", "--enable-native-access=ALL-UNNAMED")
                .args(engine.name(), file.toString(), Long.toString(WITHOUT_END))
                .start()) {
            if (!hasCommitted(writer)) {
                return OptionalLong.empty();
            }
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(SHORTEST_MILLIS, LONGEST_MILLIS))
                    .toNanos());
            writer.kill9();
            List<String> said = writer.stdout();
            return OptionalLong.of(Long.parseLong(said.getLast()));
        }
    }

    /** Waits for the first commit of the round; a writer that makes none is damage too, and its stacks are shown. */
    private boolean hasCommitted(ChildProcess writer) throws InterruptedException {
        try {
            writer.awaitLine(line -> !line.isEmpty() && Character.isDigit(line.charAt(0)), DEADLINE);
            return true;
        } catch (AssertionError e) {
            if (writer.isAlive()) {
                writer.dumpThreads();
                writer.awaitLine("JNI global ref", DEADLINE);
            }
            damage.add("a file that opens, and in which no commit was made within " + DEADLINE);
            writer.lines().stream()
                    .dropWhile(line -> !line.startsWith("\"main\""))
                    .limit(6)
                    .forEach(line -> System.err.println(engine + ": " + line));
            return false;
        }
    }

    /** Whether the file can go on being used. */
    private boolean check(Path file, long newestAcknowledged) {
        long start = System.nanoTime();
        try (Ledger ledger = Ledger.open(engine, file)) {
            long newest = ledger.newest();
            reopened.add(Duration.ofNanos(System.nanoTime() - start));
            List<String> wrong = ledger.damage();
            damage.addAll(wrong);
            long missing = Math.max(0, newestAcknowledged - newest);
            acknowledged += newestAcknowledged - firstOfRound + 1;
            firstOfRound = newest + 1;
            lost += missing;
            roundsWithLoss += missing > 0 ? 1 : 0;
            return wrong.isEmpty();
        } catch (SQLException e) {
            damage.add("does not open: " + e.getMessage());
            return false;
        }
    }

    private Path fresh(int round) throws IOException {
        firstOfRound = 1;
        return Files.createDirectories(folder.resolve(engine.name().toLowerCase(Locale.ROOT) + '-' + round))
                .resolve("store");
    }
}
