package dev.tocsin.runner.journal;

import dev.tocsin.alerting.Alert;
import dev.tocsin.rpcpool.stream.Checkpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What can be read and written within one transaction of the {@link Journal}. Not safe for use by many threads. */
public final class JournalTransaction {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    static final String BACKLOG =
            "SELECT gateway, count(*), min(planned_at) FROM delivery WHERE state = 'PENDING' GROUP BY gateway";

    private final Connection connection;

    JournalTransaction(Connection connection) {
        this.connection = connection;
    }

    /** Reads one row. */
    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * Records where the stream stands.
     *
     * @param chainId the chain
     * @param checkpoint the position
     * @throws SQLException if the file refuses
     */
    public void checkpoint(long chainId, Checkpoint checkpoint) throws SQLException {
        update(
                "INSERT INTO checkpoint (chain_id, position) VALUES (?, ?)"
                        + " ON CONFLICT (chain_id) DO UPDATE SET position = excluded.position",
                chainId,
                checkpoint.encode());
    }

    /**
     * Records an alert of a block. One that was withdrawn fires again when its block is back on the chain.
     *
     * @param alert the alert, with its key
     * @param blockHash the block that caused it
     * @param now the time of recording, from which its age counts: blocks may be old when they are taken in
     * @return false if it stood there already, firing
     * @throws SQLException if the file refuses
     */
    public boolean alert(Alert alert, String blockHash, Instant now) throws SQLException {
        return update(
                        "INSERT INTO alert (key, block_hash, name, labels, annotations, starts_at, withdrawn, occurrence, recorded_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?, 0, 1, ?) ON CONFLICT (key) DO UPDATE"
                                + " SET withdrawn = 0, occurrence = alert.occurrence + 1, recorded_at = excluded.recorded_at"
                                + " WHERE alert.withdrawn = 1",
                        alert.key(),
                        blockHash,
                        alert.name(),
                        JSON.writeValueAsString(alert.labels()),
                        JSON.writeValueAsString(alert.annotations()),
                        alert.startsAt().toEpochMilli(),
                        now.toEpochMilli())
                > 0;
    }

    /**
     * Withdraws the alerts of a block that left the chain, and gives back their cooldowns.
     *
     * @param blockHash the block
     * @return the alerts, still firing, in no order that means anything; each is returned once in its life
     * @throws SQLException if the file refuses
     */
    public List<Alert> withdraw(String blockHash) throws SQLException {
        List<Alert> alerts = query(
                "SELECT key, name, labels, annotations, starts_at FROM alert"
                        + " WHERE block_hash = ? AND withdrawn = 0 ORDER BY key",
                JournalTransaction::readAlert,
                blockHash);
        for (Alert alert : alerts) {
            update("UPDATE alert SET withdrawn = 1 WHERE key = ?", alert.key());
            withdrawPass(alert.key());
        }
        return alerts;
    }

    /**
     * How often an alert has begun to fire: once, and once more each time its block came back.
     *
     * @param key the alert's key
     * @return from 1; 0 if there is no such alert
     * @throws SQLException if the file refuses
     */
    public int occurrence(String key) throws SQLException {
        return query("SELECT occurrence FROM alert WHERE key = ?", row -> row.getInt(1), key).stream()
                .findFirst()
                .orElse(0);
    }

    /**
     * Plans a delivery.
     *
     * @param key derived from its content
     * @param gateway the gateway's name
     * @param message the message as JSON
     * @param seenAt when the newest block behind it was first seen
     * @param now the time of planning; the delivery is due at once
     * @return false if it stood there already
     * @throws SQLException if the file refuses
     */
    public boolean plan(String key, String gateway, String message, Instant seenAt, Instant now) throws SQLException {
        return update(
                        "INSERT INTO delivery (key, seq, gateway, message, state, attempts, due_at, seen_at, planned_at)"
                                + " SELECT ?, coalesce(max(seq), 0) + 1, ?, ?, 'PENDING', 0, ?, ?, ? FROM delivery WHERE true"
                                + " ON CONFLICT (key) DO NOTHING",
                        key,
                        gateway,
                        message,
                        now.toEpochMilli(),
                        seenAt.toEpochMilli(),
                        now.toEpochMilli())
                > 0;
    }

    /**
     * Records that a delivery is over.
     *
     * @param key the delivery
     * @param state {@link DeliveryState#ACCEPTED} or {@link DeliveryState#DEAD}
     * @param outcome what the gateway said
     * @param now the time
     * @throws SQLException if the file refuses
     */
    public void end(String key, DeliveryState state, String outcome, Instant now) throws SQLException {
        update(
                "UPDATE delivery SET state = ?, outcome = ?, ended_at = ?, attempts = attempts + 1 WHERE key = ? AND state = 'PENDING'",
                state.name(),
                outcome,
                now.toEpochMilli(),
                key);
    }

    /**
     * Puts a delivery off.
     *
     * @param key the delivery
     * @param outcome what went wrong
     * @param attemptedAt when this attempt began
     * @param due when to try again
     * @throws SQLException if the file refuses
     */
    public void postpone(String key, String outcome, Instant attemptedAt, Instant due) throws SQLException {
        update(
                "UPDATE delivery SET outcome = ?, due_at = ?, attempts = attempts + 1,"
                        + " first_attempt_at = coalesce(first_attempt_at, ?) WHERE key = ? AND state = 'PENDING'",
                outcome,
                due.toEpochMilli(),
                attemptedAt.toEpochMilli(),
                key);
    }

    /**
     * Asks for the one place per period, and takes it if it is free, as {@link dev.tocsin.filters.CooldownStore#pass} says.
     *
     * @param key what cools down
     * @param at the time of the match's block
     * @param period the cooldown
     * @param matchKey the match that asks
     * @param now the time of recording
     * @return true if the match may pass
     * @throws SQLException if the file refuses
     */
    public boolean pass(String key, Instant at, Duration period, String matchKey, Instant now) throws SQLException {
        if (exists("SELECT 1 FROM cooldown WHERE match_key = ?", matchKey)) {
            return true;
        }
        boolean cooling = exists(
                "SELECT 1 FROM cooldown WHERE key = ? AND passed_at > ? AND passed_at < ? LIMIT 1",
                key,
                at.minus(period).toEpochMilli(),
                at.plus(period).toEpochMilli());
        return !cooling
                && update(
                                "INSERT INTO cooldown (match_key, key, passed_at, recorded_at) VALUES (?, ?, ?, ?)",
                                matchKey,
                                key,
                                at.toEpochMilli(),
                                now.toEpochMilli())
                        > 0;
    }

    /**
     * Forgets some of what is over and was recorded before an instant. Deliveries that wait are kept.
     *
     * @param before the instant
     * @param most at most so many rows, so that others who write need not wait long
     * @return how many; fewer than {@code most} if nothing is left to forget
     * @throws SQLException if the file refuses
     */
    public int purge(Instant before, int most) throws SQLException {
        long millis = before.toEpochMilli();
        int gone = update(
                "DELETE FROM delivery WHERE key IN"
                        + " (SELECT key FROM delivery WHERE state <> 'PENDING' AND planned_at < ? LIMIT ?)",
                millis,
                most);
        gone += update(
                "DELETE FROM alert WHERE key IN (SELECT key FROM alert WHERE recorded_at < ? LIMIT ?)",
                millis,
                most - gone);
        return gone
                + update(
                        "DELETE FROM cooldown WHERE match_key IN"
                                + " (SELECT match_key FROM cooldown WHERE recorded_at < ? LIMIT ?)",
                        millis,
                        most - gone);
    }

    Optional<Checkpoint> checkpoint(long chainId) throws SQLException {
        return query(
                        "SELECT position FROM checkpoint WHERE chain_id = ?",
                        row -> Checkpoint.parse(row.getString(1)),
                        chainId)
                .stream()
                .findFirst();
    }

    boolean fence(long token) throws SQLException {
        return update("UPDATE fence SET token = ? WHERE id = 1 AND token <= ?", token, token) == 1;
    }

    long newestToken() throws SQLException {
        return query("SELECT token FROM fence WHERE id = 1", row -> row.getLong(1))
                .getFirst();
    }

    List<Delivery> due(String gateway, Instant now, int limit) throws SQLException {
        return query(
                "SELECT key, gateway, message, attempts, seen_at, first_attempt_at FROM delivery"
                        + " WHERE state = 'PENDING' AND gateway = ? AND due_at <= ? ORDER BY seq LIMIT ?",
                row -> new Delivery(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getInt(4),
                        Instant.ofEpochMilli(row.getLong(5)),
                        readInstant(row, 6)),
                gateway,
                now.toEpochMilli(),
                limit);
    }

    private void withdrawPass(String matchKey) throws SQLException {
        update("DELETE FROM cooldown WHERE match_key = ?", matchKey);
    }

    Map<String, Backlog> backlog() throws SQLException {
        Map<String, Backlog> byGateway = new TreeMap<>();
        query(
                BACKLOG,
                row -> byGateway.put(
                        row.getString(1), new Backlog(row.getLong(2), Instant.ofEpochMilli(row.getLong(3)))));
        return byGateway;
    }

    long alerts(boolean withdrawnOnly) throws SQLException {
        return query("SELECT count(*) FROM alert WHERE withdrawn >= ?", row -> row.getLong(1), withdrawnOnly ? 1 : 0)
                .getFirst();
    }

    Map<String, Long> deliveries(DeliveryState state) throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        query(
                "SELECT gateway, count(*) FROM delivery WHERE state = ? GROUP BY gateway",
                row -> counts.put(row.getString(1), row.getLong(2)),
                state.name());
        return counts;
    }

    private static Optional<Instant> readInstant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    private static Alert readAlert(ResultSet row) throws SQLException {
        Alert alert =
                Alert.firing(row.getString(2)).key(row.getString(1)).startsAt(Instant.ofEpochMilli(row.getLong(5)));
        for (Map.Entry<String, String> label :
                JSON.readValue(row.getString(3), TEXTS).entrySet()) {
            alert = label.getKey().equals("alertname") ? alert : alert.label(label.getKey(), label.getValue());
        }
        for (Map.Entry<String, String> note :
                JSON.readValue(row.getString(4), TEXTS).entrySet()) {
            alert = alert.annotation(note.getKey(), note.getValue());
        }
        return alert;
    }

    private int update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    private boolean exists(String sql, Object... parameters) throws SQLException {
        return !query(sql, row -> 1, parameters).isEmpty();
    }

    private <T> List<T> query(String sql, Row<T> reader, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepared(sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> results = new ArrayList<>();
            while (rows.next()) {
                results.add(reader.read(rows));
            }
            return results;
        }
    }

    @SuppressWarnings("SqlSourceToSinkFlow") // the statements are the constants above
    private PreparedStatement prepared(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }
}
