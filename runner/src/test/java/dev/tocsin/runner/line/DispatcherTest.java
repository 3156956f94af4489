package dev.tocsin.runner.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DispatcherTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    private Path folder;

    private final MutableClock clock = MutableClock.at(NOW);
    private volatile LongSupplier ticker = clock.nanoTicker();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> reasons = new CopyOnWriteArrayList<>();
    private final Scripted mail = new Scripted("mail");
    private final Scripted chat = new Scripted("chat");
    private Journal journal;
    private Dispatcher dispatcher;

    @BeforeEach
    void open() {
        journal = Journal.open(folder.resolve("state.db"));
        LineListener listener = new LineListener() {
            @Override
            public void onDelivered(String gateway, String key, Instant seenAt, Instant at) {
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
        };
        RetryPolicy retries =
                RetryPolicy.builder().maxAttempts(3).maxAge(Duration.ofHours(1)).build();
        dispatcher = new Dispatcher(
                journal,
                1,
                Map.of("mail", mail, "chat", chat),
                retries,
                clock,
                () -> ticker.getAsLong(),
                listener,
                () -> told.add("fenced"));
    }

    @AfterEach
    void close() {
        mail.gate.release(1000);
        chat.gate.release(1000);
        dispatcher.close();
        journal.close();
    }

    /** Answers as it is told, else accepts; can be made to hang. */
    private static final class Scripted implements Gateway {
        private final String name;
        private final Queue<DeliveryOutcome> next = new ConcurrentLinkedQueue<>();
        private final List<String> keys = new CopyOnWriteArrayList<>();
        private final Semaphore gate = new Semaphore(1000);
        private volatile boolean interrupted;

        Scripted(String name) {
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
            DeliveryOutcome outcome = next.poll();
            return outcome == null ? new DeliveryOutcome.Accepted("ok") : outcome;
        }

        @Override
        public GatewayHealth check() {
            return new GatewayHealth.Up(Duration.ZERO);
        }
    }

    private void plan(String gateway, String... keys) {
        for (String key : keys) {
            String message = Messages.encode(Message.of("title", "text", NOW).withKey(key));
            journal.write(1, transaction -> transaction.plan(key, gateway, message, NOW, NOW));
        }
        dispatcher.wake();
    }

    @Test
    void deliveriesOfAGatewayGoOutInTheOrderOfPlanningAndOnce() {
        plan("mail", "c", "a", "b");

        await().until(() -> journal.counts().accepted().getOrDefault("mail", 0L) == 3);

        assertThat(mail.keys).containsExactly("c", "a", "b");
        assertThat(told).containsExactly("delivered mail c", "delivered mail a", "delivered mail b");
    }

    @Test
    void aGatewayThatHangsHoldsUpNoOther() {
        mail.gate.drainPermits();
        plan("mail", "stuck");
        plan("chat", "quick");

        await().until(() -> told.contains("delivered chat quick"));

        assertThat(mail.keys).isEmpty();
    }

    @Test
    void whatFailedIsTriedAgainWhenItIsDue() {
        mail.next.add(new DeliveryOutcome.Transient("busy"));
        plan("mail", "a");
        await().until(() -> told.contains("retry mail a"));

        clock.advance(Duration.ofMinutes(2));
        dispatcher.wake();

        await().until(() -> told.contains("delivered mail a"));
        assertThat(mail.keys).containsExactly("a", "a");
    }

    @Test
    void whatIsRefusedForGoodIsGivenUpAndKept() {
        mail.next.add(new DeliveryOutcome.InvalidRecipient("x@y.z", "no such user"));
        plan("mail", "a", "b");

        await().until(() -> told.size() == 2);

        assertThat(told).containsExactly("dead mail a", "delivered mail b");
        assertThat(journal.counts().dead()).containsEntry("mail", 1L);
    }

    @Test
    void attemptsAreBounded() {
        for (int i = 0; i < 3; i++) {
            mail.next.add(new DeliveryOutcome.Transient("busy"));
        }
        plan("mail", "a");

        await().until(() -> {
            clock.advance(Duration.ofMinutes(2));
            dispatcher.wake();
            return told.contains("dead mail a");
        });

        assertThat(mail.keys).hasSize(3);
    }

    @Test
    void aGatewayThatThrowsIsTriedAgain() {
        mail.next.add(new DeliveryOutcome.Unknown("no reply"));
        plan("mail", "a");

        await().until(() -> told.contains("retry mail a"));
    }

    @Test
    void aFormerLeaderStopsToDeliver() {
        mail.gate.drainPermits();
        plan("mail", "a");
        journal.write(9, transaction -> true);

        mail.gate.release(1000);

        await().until(() -> told.contains("fenced"));
        assertThat(journal.due("mail", NOW, 10)).hasSize(1);
    }

    @Test
    void aMessageIsNotGivenUpForTheTimeInWhichNobodyTriedIt() {
        clock.advance(Duration.ofDays(3));
        mail.next.add(new DeliveryOutcome.Transient("busy"));

        plan("mail", "a");

        await().until(() -> told.contains("retry mail a"));
    }

    @Test
    void aMessageIsGivenUpOnceItsFirstAttemptIsTooLongAgo() {
        mail.next.add(new DeliveryOutcome.Transient("busy"));
        mail.next.add(new DeliveryOutcome.Transient("busy"));
        plan("mail", "a");
        await().until(() -> told.contains("retry mail a"));

        clock.advance(Duration.ofHours(1));
        dispatcher.wake();

        await().until(() -> told.contains("dead mail a"));
        assertThat(reasons).containsExactly("transient");
    }

    @Test
    void aStoredMessageThatCannotBeReadIsGivenUpAtOnceWithTheReason() throws Exception {
        journal.write(
                1,
                transaction -> transaction.plan("broken", "mail", "{\"title\":\"t\"}", NOW, NOW)
                        && transaction.plan("text", "mail", "no JSON", NOW, NOW));
        plan("mail", "a");

        await().until(() -> told.contains("delivered mail a"));

        assertThat(told).containsExactly("dead mail broken", "dead mail text", "delivered mail a");
        assertThat(reasons).containsOnly("invalid_request");
        assertThat(mail.keys).containsExactly("a");
        assertThat(outcomeOf("broken")).contains("the stored message cannot be read", "no text");
    }

    @Test
    @Timeout(8) // one lane alone would be waited for 10 s
    void lanesThatHangShareOneDeadlineWhichTheWallClockDoesNotMove() {
        hang();
        AtomicLong elapsed = new AtomicLong();
        ticker = () ->
                elapsed.getAndAdd(Duration.ofSeconds(10).toNanos()); // the deadline is over when a lane is looked at

        dispatcher.close();

        assertThat(List.of(mail.interrupted, chat.interrupted)).containsOnly(true);
    }

    @Test
    void whoeverIsInterruptedWhileClosingAbandonsNoLaneWithoutInterruptingIt() {
        hang();
        Thread.currentThread().interrupt();

        dispatcher.close();

        assertThat(Thread.interrupted()).isTrue();
        await().until(() -> mail.interrupted && chat.interrupted);
    }

    private void hang() {
        mail.gate.drainPermits();
        chat.gate.drainPermits();
        plan("mail", "a");
        plan("chat", "b");
        await().until(() -> mail.gate.hasQueuedThreads() && chat.gate.hasQueuedThreads());
    }

    /** What the file says. */
    private String outcomeOf(String key) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT outcome FROM delivery WHERE key = '" + key + "'")) {
            return row.getString(1);
        }
    }
}
