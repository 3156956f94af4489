package dev.tocsin.runner.journal;

import dev.tocsin.rpcpool.stream.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * One SQLite file in WAL mode with full synchronisation: what {@link #write} returned from is on the disk. Why SQLite:
 * {@code docs/rationale.md}.
 *
 * <p>Safe for use by many threads; every operation takes the one connection, so they follow each other.
 */
public final class Journal implements AutoCloseable {

    private static final String READ = "BEGIN";
    private static final String WRITE = "BEGIN IMMEDIATE"; // waits for another writer now, not in the middle

    // guards connection: a JDBC connection carries one transaction at a time. Held over the file's I/O and the work of
    // one transaction, which calls nobody who could wait. Fair, so that many short writes of one do not keep others
    // out.
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Connection connection; // guarded by lock
    private final Path file;

    private Journal(Connection connection, Path file) {
        this.connection = connection;
        this.file = file;
    }

    /**
     * Work that happens whole or not at all. It reads and writes rows and calls nobody who could wait; the journal itself
     * cannot be called from within.
     *
     * @param <T> what it returns
     */
    @FunctionalInterface
    public interface Work<T> {
        /**
         * Does it.
         *
         * @param transaction open until this returns
         * @return the result
         * @throws SQLException if the file refuses
         */
        T in(JournalTransaction transaction) throws SQLException;
    }

    /**
     * Opens the file, makes it (and its folder) when it is not there.
     *
     * @param file where it lies
     * @return the journal; close it
     * @throws JournalException if it cannot be opened, is not a journal, or comes from a newer Tocsin
     */
    public static Journal open(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw JournalException.refused("cannot make the folder of the state file " + file, e);
        }
        if (Files.isDirectory(file)) {
            throw new JournalException(file + " is a folder; expected a file");
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(10_000);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        try {
            Connection connection = source.getConnection();
            try {
                Schema.migrate(connection, file);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
            return new Journal(connection, file);
        } catch (SQLException e) {
            throw new JournalException("cannot open the state file " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Runs one transaction, if nobody with a newer fencing token has written before.
     *
     * @param <T> what the work returns
     * @param token the fencing token of the leader who writes
     * @param work what to do
     * @return what the work returned, once it is durable
     * @throws JournalException.Fenced if a newer token has been here; nothing has happened
     * @throws JournalException if the file refuses; nothing has happened
     */
    public <T> T write(long token, Work<T> work) {
        return transact(WRITE, transaction -> {
            if (!transaction.fence(token)) {
                throw new JournalException.Fenced(token);
            }
            return work.in(transaction);
        });
    }

    /**
     * Where the stream stands.
     *
     * @param chainId the chain
     * @return the checkpoint, or empty if this chain has never been followed
     */
    public Optional<Checkpoint> checkpoint(long chainId) {
        return transact(READ, transaction -> transaction.checkpoint(chainId));
    }

    /**
     * The newest fencing token that has written.
     *
     * @return the token, 0 if none
     */
    public long newestToken() {
        return transact(READ, JournalTransaction::newestToken);
    }

    /**
     * Deliveries to try now, oldest first; those of one gateway stay in order.
     *
     * @param gateway whose
     * @param now deliveries due at or before it
     * @param limit at most so many
     * @return the deliveries
     */
    public List<Delivery> due(String gateway, Instant now, int limit) {
        return transact(READ, transaction -> transaction.due(gateway, now, limit));
    }

    /**
     * What waits. Read from an index of nothing else, so that asking often costs little.
     *
     * @return the backlog by gateway; a gateway for which nothing waits is not in it
     */
    public Map<String, Backlog> backlog() {
        return transact(READ, JournalTransaction::backlog);
    }

    /**
     * What stands in the file. Counts it all: not for what is asked often.
     *
     * @return the counts
     */
    public JournalCounts counts() {
        return transact(READ, transaction -> {
            Map<DeliveryState, Map<String, Long>> byState = new TreeMap<>();
            for (DeliveryState state : DeliveryState.values()) {
                byState.put(state, transaction.deliveries(state));
            }
            return new JournalCounts(
                    transaction.alerts(false),
                    transaction.alerts(true),
                    byState.getOrDefault(DeliveryState.PENDING, Map.of()),
                    byState.getOrDefault(DeliveryState.ACCEPTED, Map.of()),
                    byState.getOrDefault(DeliveryState.DEAD, Map.of()));
        });
    }

    /** Closes the file. Does nothing the second time. */
    @Override
    public void close() {
        lock.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new JournalException("cannot close the state file " + file + ": " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    private <T> T transact(String begin, Work<T> work) {
        lock.lock();
        try {
            return whole(begin, new JournalTransaction(connection), work);
        } catch (SQLException e) {
            throw new JournalException("the state file " + file + " refused: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    /** Begun and ended by hand: the driver's own way begins the next transaction at once and would lock others out. */
    private <T> T whole(String begin, JournalTransaction transaction, Work<T> work) throws SQLException {
        execute(begin);
        try {
            T result = work.in(transaction);
            execute("COMMIT");
            return result;
        } catch (SQLException | RuntimeException | Error failure) {
            try {
                execute("ROLLBACK");
            } catch (SQLException e) { // after some failures SQLite has rolled back by itself
                failure.addSuppressed(e);
            }
            throw failure;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
