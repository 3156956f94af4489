package dev.tocsin.benchmarks.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** An embedded SQL engine with its settings. */
enum Engine {
    SQLITE_FULL("SQLite WAL, synchronous=FULL", "org.sqlite.JDBC", "FULL", ""),
    SQLITE_NORMAL("SQLite WAL, synchronous=NORMAL", "org.sqlite.JDBC", "NORMAL", ""),
    H2_DEFAULT("H2 MVStore, defaults", "org.h2.Driver", "", ""),
    H2_WRITE_DELAY_0("H2 MVStore, WRITE_DELAY 0", "org.h2.Driver", ";WRITE_DELAY=0", ""),
    H2_SYNC(
            "H2 MVStore, WRITE_DELAY 0, CHECKPOINT SYNC after each commit",
            "org.h2.Driver",
            ";WRITE_DELAY=0",
            "CHECKPOINT SYNC");

    private final String title;
    private final String driver;
    private final String setting; // SQLite: the value of synchronous; H2: what is added to the URL
    private final String afterCommit; // empty if nothing

    Engine(String title, String driver, String setting, String afterCommit) {
        this.title = title;
        this.driver = driver;
        this.setting = setting;
        this.afterCommit = afterCommit;
    }

    Connection connect(Path file) throws SQLException {
        return isSqlite() ? sqlite(file, setting) : h2(file, setting);
    }

    /** What must be said after COMMIT so that the row survives; counted into the time of the commit. */
    void afterCommit(Statement statement) throws SQLException {
        if (!afterCommit.isEmpty()) {
            statement.execute(afterCommit);
        }
    }

    String title() {
        return title;
    }

    /** A class of the engine's jar. */
    String driver() {
        return driver;
    }

    /** The engine's own word on the file: empty if it is sound. H2 has no such check; reading every row must do. */
    List<String> damage(Statement statement) throws SQLException {
        if (!isSqlite()) {
            return List.of();
        }
        try (ResultSet rows = statement.executeQuery("PRAGMA integrity_check")) {
            rows.next();
            String verdict = rows.getString(1);
            return verdict.equals("ok") ? List.of() : List.of(verdict);
        }
    }

    private boolean isSqlite() {
        return driver.startsWith("org.sqlite");
    }

    private static Connection sqlite(Path file, String synchronous) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file + ".db");
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = " + synchronous);
            statement.execute("PRAGMA busy_timeout = 5000");
        }
        return connection;
    }

    private static Connection h2(Path file, String settings) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:h2:file:" + file.toAbsolutePath() + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE" + settings);
    }
}
