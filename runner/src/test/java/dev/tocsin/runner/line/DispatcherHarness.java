package dev.tocsin.runner.line;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.GatewayHealth;
import dev.tocsin.notification.Message;
import dev.tocsin.notification.RetryPolicy;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.testsupport.MutableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** A {@link Dispatcher} on a real journal, with the gateways {@code mail} and {@code chat} that do as they are told. */
final class DispatcherHarness implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    final MutableClock clock = MutableClock.at(NOW);
    volatile LongSupplier ticker = clock.nanoTicker();
    volatile boolean deaf; // the listener fails on what was delivered
    final List<String> told = new CopyOnWriteArrayList<>();
    final List<String> reasons = new CopyOnWriteArrayList<>();
    final Scripted mail = new Scripted("mail");
    final Scripted chat = new Scripted("chat");
    final Journal journal;
    final Dispatcher dispatcher;
    private final Path file;
    private final Logger logger = (Logger) LoggerFactory.getLogger(Dispatcher.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    DispatcherHarness(Path folder) {
        file = folder.resolve("state.db");
        journal = Journal.open(file);
        logger.setLevel(Level.INFO);
        logged.start();
        logger.addAppender(logged);
        dispatcher = dispatch();
    }

    /** One more, with the same gateways. */
    Dispatcher dispatch() {
        RetryPolicy retries =
                RetryPolicy.builder().maxAttempts(3).maxAge(Duration.ofHours(1)).build();
        return new Dispatcher(
                journal,
                1,
                Map.of("mail", mail, "chat", chat),
                retries,
                clock,
                () -> ticker.getAsLong(),
                new Told(),
                () -> told.add("fenced"));
    }

    /** Puts down what it hears. */
    private final class Told implements LineListener {
        @Override
        public void onDelivered(String gateway, String key, Instant seenAt, Instant at) {
            if (deaf) {
                throw new NoClassDefFoundError("optional/Dependency");
            }
            told.add("delivered " + gateway + " " + key);
        }

        @Override
        public void onRetry(String gateway, String key, String reason, Duration pause) {
            told.add("retry " + gateway + " " + key);
        }

        @Override
        public void onDead(String gateway, String key, DeliveryOutcome outcome) {
            told.add("dead " + gateway + " " + key);
            reasons.add(outcome.word());
        }

        @Override
        public void onUnrecorded(String gateway, boolean waiting) {
            told.add((waiting ? "unrecorded " : "no longer unrecorded ") + gateway);
        }
    }

    /** Answers as it is told, else accepts; can be made to hang. */
    static final class Scripted implements Gateway {
        final Queue<Supplier<DeliveryOutcome>> next = new ConcurrentLinkedQueue<>();
        final List<String> keys = new CopyOnWriteArrayList<>();
        final Semaphore gate = new Semaphore(1000);
        volatile boolean interrupted;
        private final String name;

        private Scripted(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public DeliveryOutcome send(Message message) throws InterruptedException {
            try {
                gate.acquire();
            } catch (InterruptedException e) {
                interrupted = true;
                throw e;
            }
            keys.add(message.key());
            Supplier<DeliveryOutcome> outcome = next.poll();
            return outcome == null ? new DeliveryOutcome.Accepted("ok") : outcome.get();
        }

        @Override
        public GatewayHealth check() {
            return new GatewayHealth.Up(Duration.ZERO);
        }

        void answers(DeliveryOutcome outcome) {
            next.add(() -> outcome);
        }
    }

    void plan(String gateway, String... keys) {
        for (String key : keys) {
            String message = Messages.encode(Message.of("title", "text", NOW).withKey(key));
            journal.write(1, transaction -> transaction.plan(key, gateway, message, NOW, NOW));
        }
        dispatcher.wake();
    }

    /** From now on no delivery can be recorded, as on a full disk. */
    void refuse() throws SQLException {
        sql("CREATE TRIGGER full BEFORE UPDATE ON delivery BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
    }

    void refuseNoLonger() throws SQLException {
        sql("DROP TRIGGER full");
    }

    private void sql(String text) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    /** What the file says. */
    String outcomeOf(String key) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT outcome FROM delivery WHERE key = '" + key + "'")) {
            return row.getString(1);
        }
    }

    /** What the dispatcher logged, as {@code [LEVEL] text}. */
    List<String> logged() {
        return List.copyOf(logged.list).stream().map(ILoggingEvent::toString).toList();
    }

    @Override
    public void close() {
        mail.gate.release(1000);
        chat.gate.release(1000);
        dispatcher.close();
        journal.close();
        logger.detachAppender(logged);
        logger.setLevel(null); // that of its parent
    }
}
