package dev.tocsin.benchmarks.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The suite {@code store-crash}: the embedded SQL engines side by side, killed at random moments. Arguments: rounds for each engine
 * (default 25) and the seed (default 1). Prints the tables as Markdown, and last a line that begins with {@code RESULT}.
 */
final class StoreCrash {
    private static final int ROUNDS = 25;
    private static final int REPETITIONS = 3;

    private StoreCrash() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : ROUNDS;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        Path folder = Files.createTempDirectory("tocsin-store-crash-");
        List<String> verdicts = new ArrayList<>();
        System.out.println("Rounds " + rounds + " for each engine, seed " + seed + "; " + REPETITIONS
                + " × 3,000 commits for the rate (median, min–max).\n");
        System.out.println(
                "| engine | jar | acknowledged | lost | rounds with loss | damage | reopen, median (max) | commits/s | syncs a commit |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        try {
            for (Engine engine : Engine.values()) {
                CrashRounds.Result result = new CrashRounds(engine, folder, new Random(seed)).run(rounds);
                CommitRate rate = new CommitRate(engine, folder);
                List<Double> rates =
                        rate.perSecond(REPETITIONS).stream().sorted().toList();
                System.out.println(row(engine, result, rates, rate.syncsPerCommit()));
                result.damage().stream().limit(3).forEach(damage -> System.out.println("<!-- " + damage + " -->"));
                verdicts.add(engine.name().toLowerCase(Locale.ROOT) + "_lost=" + result.lost());
            }
            dialect(folder);
        } finally {
            delete(folder);
        }
        System.out.println(
                "\nRESULT store-crash rounds=" + rounds + " seed=" + seed + ' ' + String.join(" ", verdicts));
    }

    private static String row(Engine engine, CrashRounds.Result result, List<Double> rates, OptionalDouble syncs)
            throws IOException {
        List<Duration> reopened = result.reopened().stream().sorted().toList();
        String reopen = reopened.isEmpty()
                ? "–"
                : reopened.get(reopened.size() / 2).toMillis() + " ms ("
                        + reopened.getLast().toMillis() + " ms)";
        String rate = String.format(
                Locale.ROOT, "%,.0f (%,.0f–%,.0f)", rates.get(rates.size() / 2), rates.getFirst(), rates.getLast());
        String sync = syncs.isPresent() ? String.format(Locale.ROOT, "%.2f", syncs.getAsDouble()) : "not traced";
        return String.format(
                Locale.ROOT,
                "| %s | %.1f MB | %,d | %,d | %d of %d | %d | %s | %s | %s |",
                engine.title(),
                jarBytes(engine) / 1e6,
                result.acknowledged(),
                result.lost(),
                result.roundsWithLoss(),
                result.rounds(),
                result.damage().size(),
                reopen,
                rate,
                sync);
    }

    private static void dialect(Path folder) throws SQLException, IOException {
        Map<String, Map<String, Optional<String>>> byEngine = new LinkedHashMap<>();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Connection connection = postgres.getPostgresDatabase().getConnection()) {
            byEngine.put(version(connection), Dialect.objections(connection));
        }
        for (Engine engine : List.of(Engine.SQLITE_FULL, Engine.H2_DEFAULT)) {
            try (Connection connection = engine.connect(folder.resolve("dialect-" + engine))) {
                byEngine.put(version(connection), Dialect.objections(connection));
            }
        }
        System.out.println("\n| the same text | " + String.join(" | ", byEngine.keySet()) + " |");
        System.out.println("|---".repeat(byEngine.size() + 1) + "|");
        for (String kind : byEngine.values().iterator().next().keySet()) {
            StringBuilder line = new StringBuilder("| " + kind);
            byEngine.values()
                    .forEach(objections -> line.append(" | ")
                            .append(objections
                                    .getOrDefault(kind, Optional.empty())
                                    .map(o -> "**no**: " + o.replace("|", "\\|"))
                                    .orElse("yes")));
            System.out.println(line.append(" |"));
        }
    }

    private static String version(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName()
                + ' '
                + connection.getMetaData().getDatabaseProductVersion().split(" ", 2)[0];
    }

    private static long jarBytes(Engine engine) throws IOException {
        try {
            return Files.size(Path.of(Class.forName(engine.driver())
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI()));
        } catch (ClassNotFoundException | URISyntaxException e) {
            throw new IOException("no jar of " + engine, e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
