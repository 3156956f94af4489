package dev.tocsin.runner.journal;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables. The statements are the common ground of SQLite and PostgreSQL; only the version number is kept SQLite's way. */
final class Schema {

    private static final int VERSION = 1;

    private static final List<String> TABLES = List.of(
            "CREATE TABLE fence (id INTEGER PRIMARY KEY, token BIGINT NOT NULL)",
            "INSERT INTO fence (id, token) VALUES (1, 0)",
            "CREATE TABLE checkpoint (chain_id BIGINT PRIMARY KEY, position TEXT NOT NULL)",
            """
            CREATE TABLE alert (
              key TEXT PRIMARY KEY, block_hash TEXT NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL,
              annotations TEXT NOT NULL, starts_at BIGINT NOT NULL, withdrawn INTEGER NOT NULL,
              occurrence INTEGER NOT NULL, recorded_at BIGINT NOT NULL)""",
            "CREATE INDEX alert_block ON alert (block_hash)",
            "CREATE INDEX alert_age ON alert (recorded_at)",
            """
            CREATE TABLE delivery (
              key TEXT PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, gateway TEXT NOT NULL, message TEXT NOT NULL,
              state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
              planned_at BIGINT NOT NULL, first_attempt_at BIGINT, ended_at BIGINT, outcome TEXT)""",
            "CREATE INDEX delivery_waiting ON delivery (gateway, seq, planned_at) WHERE state = 'PENDING'",
            "CREATE INDEX delivery_over ON delivery (planned_at) WHERE state <> 'PENDING'",
            """
            CREATE TABLE cooldown (
              match_key TEXT PRIMARY KEY, key TEXT NOT NULL, passed_at BIGINT NOT NULL,
              recorded_at BIGINT NOT NULL)""",
            "CREATE INDEX cooldown_key ON cooldown (key, passed_at)",
            "CREATE INDEX cooldown_age ON cooldown (recorded_at)");

    private Schema() {}

    static void migrate(Connection connection, Path file) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            int version;
            try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
                version = row.getInt(1);
            }
            if (version > VERSION) {
                statement.execute("ROLLBACK");
                throw new JournalException("the state file " + file + " was written by a newer Tocsin (format "
                        + version + ", this one knows up to " + VERSION + "); run that one, or name another file");
            }
            if (version == 0) {
                for (String table : TABLES) {
                    statement.execute(table);
                }
                statement.execute("PRAGMA user_version = " + VERSION);
            }
            statement.execute("COMMIT");
        }
    }
}
