package dev.tocsin.benchmarks.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The work of one transaction, alike for all engines: a new delivery and the checkpoint that stands for it, as the runner writes them.
 * Both statements use only what every engine here understands.
 */
final class Ledger implements AutoCloseable {
    private static final int PAYLOAD = 200;

    private final Engine engine;
    private final Connection connection;
    private final Statement statement;
    private final PreparedStatement insert;
    private final PreparedStatement checkpoint;

    private Ledger(Engine engine, Connection connection) throws SQLException {
        this.engine = engine;
        this.connection = connection;
        statement = connection.createStatement();
        statement.execute(
                "CREATE TABLE IF NOT EXISTS delivery (n BIGINT PRIMARY KEY, message VARCHAR(1000) NOT NULL, crc BIGINT NOT NULL)");
        statement.execute("CREATE TABLE IF NOT EXISTS checkpoint (id INTEGER PRIMARY KEY, n BIGINT NOT NULL)");
        statement.execute("INSERT INTO checkpoint (id, n) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM checkpoint)");
        insert = connection.prepareStatement("INSERT INTO delivery (n, message, crc) VALUES (?, ?, ?)");
        checkpoint = connection.prepareStatement("UPDATE checkpoint SET n = ? WHERE id = 1");
    }

    static Ledger open(Engine engine, Path file) throws SQLException {
        return new Ledger(engine, engine.connect(file));
    }

    /** The number of the newest row, 0 if there is none. */
    long newest() throws SQLException {
        return number("SELECT coalesce(max(n), 0) FROM delivery");
    }

    void commit(long n) throws SQLException {
        connection.setAutoCommit(false);
        String message = message(n);
        insert.setLong(1, n);
        insert.setString(2, message);
        insert.setLong(3, crc(message));
        insert.executeUpdate();
        checkpoint.setLong(1, n);
        checkpoint.executeUpdate();
        connection.commit();
        connection.setAutoCommit(true);
        engine.afterCommit(statement);
    }

    /** Everything that is wrong with the file; empty if nothing is. */
    List<String> damage() throws SQLException {
        List<String> damage = new ArrayList<>(engine.damage(statement));
        long expected = 0;
        try (ResultSet rows = statement.executeQuery("SELECT n, message, crc FROM delivery ORDER BY n")) {
            while (rows.next()) {
                expected++;
                if (rows.getLong(1) != expected) {
                    damage.add("row " + expected + " is missing before row " + rows.getLong(1));
                    expected = rows.getLong(1);
                }
                if (crc(rows.getString(2)) != rows.getLong(3)) {
                    damage.add("row " + expected + " has another content than was written");
                }
            }
        }
        long checkpointed = number("SELECT n FROM checkpoint WHERE id = 1");
        if (checkpointed != expected) {
            damage.add("the checkpoint stands at " + checkpointed + ", the rows end at " + expected
                    + ": half a transaction");
        }
        return damage;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private long number(String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String message(long n) {
        return ("delivery " + n + " ").repeat(PAYLOAD).substring(0, PAYLOAD);
    }

    private static long crc(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }
}
