package dev.tocsin.benchmarks.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Statements of the kinds the runner needs, in PostgreSQL's words: which of them an engine takes as they are. */
final class Dialect {
    private static final int SHOWN = 14;

    private static final List<String> TABLES = List.of(
            "CREATE TABLE checkpoint (chain_id BIGINT PRIMARY KEY, position TEXT NOT NULL)",
            "CREATE TABLE delivery (id TEXT PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, state TEXT NOT NULL, outcome TEXT)",
            "INSERT INTO delivery (id, seq, state) VALUES ('a', 1, 'PENDING')");

    private static final Map<String, String> NEEDED = new LinkedHashMap<>();

    static {
        NEEDED.put("a column named key", "CREATE TABLE cooldown (key TEXT PRIMARY KEY, passed_at BIGINT NOT NULL)");
        NEEDED.put(
                "ON CONFLICT DO NOTHING",
                "INSERT INTO delivery (id, seq, state) VALUES ('a', 2, 'PENDING') ON CONFLICT (id) DO NOTHING");
        NEEDED.put(
                "ON CONFLICT DO UPDATE",
                "INSERT INTO checkpoint (chain_id, position) VALUES (1, 'p') ON CONFLICT (chain_id) DO UPDATE SET position = excluded.position");
        NEEDED.put("RETURNING", "UPDATE delivery SET state = 'TAKEN' WHERE id = 'a' RETURNING id, seq");
        NEEDED.put("partial index", "CREATE INDEX delivery_waiting ON delivery (seq) WHERE state = 'PENDING'");
        NEEDED.put(
                "INSERT … SELECT … ON CONFLICT",
                "INSERT INTO delivery (id, seq, state) SELECT 'b', coalesce(max(seq), 0) + 1, 'PENDING' FROM delivery WHERE true ON CONFLICT (id) DO NOTHING");
        NEEDED.put("FILTER on an aggregate", "SELECT count(*) FILTER (WHERE state = 'PENDING') FROM delivery");
        NEEDED.put(
                "WITH … DELETE",
                "WITH old AS (SELECT id FROM delivery WHERE seq < 0) DELETE FROM delivery WHERE id IN (SELECT id FROM old)");
    }

    private Dialect() {}

    /** For each kind of statement the engine's objection, or empty if it has none. */
    static Map<String, Optional<String>> objections(Connection connection) throws SQLException {
        Map<String, Optional<String>> objections = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute(table);
            }
            NEEDED.forEach((kind, sql) -> objections.put(kind, objection(statement, sql)));
        }
        return objections;
    }

    private static Optional<String> objection(Statement statement, String sql) {
        try {
            statement.execute(sql);
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(where(String.valueOf(e.getMessage())));
        }
    }

    /** Where the parser gave up, if it says so (H2 marks the place with [*]), otherwise the first line of the message. */
    private static String where(String message) {
        int mark = message.indexOf("[*]");
        if (mark < 0) {
            return message.lines().findFirst().orElse("refused");
        }
        String rest = message.substring(mark + 3);
        return "syntax error at \"" + rest.substring(0, Math.min(rest.length(), SHOWN)) + "…\"";
    }
}
