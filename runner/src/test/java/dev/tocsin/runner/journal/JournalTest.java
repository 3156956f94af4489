package dev.tocsin.runner.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.alerting.Alert;
import dev.tocsin.rpcpool.stream.Checkpoint;
import java.nio.file.Files;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final String HASH = "0x" + "ab".repeat(32);

    @TempDir
    private Path folder;

    private Path file;
    private Journal journal;

    @BeforeEach
    void open() {
        file = folder.resolve("sub").resolve("state.db");
        journal = Journal.open(file);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private static Alert alert(String key) {
        return Alert.firing("whale")
                .key(key)
                .startsAt(NOW)
                .label("severity", "critical")
                .annotation("summary", "müch \"quoted\"");
    }

    private void plan(String key, String gateway) {
        journal.write(1, transaction -> transaction.plan(key, gateway, "{}", NOW, NOW));
    }

    private boolean pass(String key, Instant at, Duration period, String matchKey) {
        return journal.write(1, transaction -> transaction.pass(key, at, period, matchKey, NOW));
    }

    private List<String> due(Instant at) {
        return journal.due("mail", at, 10).stream().map(Delivery::key).toList();
    }

    @Test
    void whatWasWrittenIsThereAfterTheFileIsOpenedAgain() {
        Checkpoint checkpoint = new Checkpoint(7, HASH, List.of());
        journal.write(1, transaction -> {
            transaction.checkpoint(1, checkpoint);
            transaction.alert(alert("k"), HASH, NOW);
            return transaction.plan("d", "mail", "{}", NOW, NOW);
        });
        journal.close();

        journal = Journal.open(file);

        assertThat(journal.checkpoint(1)).contains(checkpoint);
        assertThat(journal.checkpoint(2)).isEmpty();
        assertThat(journal.counts().alerts()).isEqualTo(1);
        assertThat(due(NOW)).containsExactly("d");
    }

    @Test
    void aTransactionThatFailsLeavesNothingBehind() {
        assertThatThrownBy(() -> journal.write(1, transaction -> {
                    transaction.checkpoint(1, new Checkpoint(7, HASH, List.of()));
                    transaction.alert(alert("k"), HASH, NOW);
                    transaction.plan("d", "mail", "{}", NOW, NOW);
                    transaction.pass("c", NOW, Duration.ofMinutes(1), "k", NOW);
                    throw new SQLException("the power is gone");
                }))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("the power is gone");

        assertThat(journal.checkpoint(1)).isEmpty();
        assertThat(journal.counts().alerts()).isZero();
        assertThat(due(NOW)).isEmpty();
        assertThat(pass("c", NOW, Duration.ofMinutes(1), "other")).isTrue();
    }

    @Test
    void theSameAlertAndTheSameDeliveryAreRecordedOnce() {
        journal.write(1, transaction -> {
            assertThat(transaction.alert(alert("k"), HASH, NOW)).isTrue();
            assertThat(transaction.alert(alert("k"), HASH, NOW)).isFalse();
            assertThat(transaction.plan("d", "mail", "{}", NOW, NOW)).isTrue();
            assertThat(transaction.plan("d", "mail", "{}", NOW, NOW)).isFalse();
            return true;
        });

        assertThat(journal.counts().alerts()).isEqualTo(1);
        assertThat(journal.counts().pending()).containsEntry("mail", 1L);
    }

    @Test
    void deliveriesOfAGatewayComeInTheOrderOfPlanning() {
        plan("b", "mail");
        plan("x", "chat");
        plan("a", "mail");

        assertThat(due(NOW)).containsExactly("b", "a");
        assertThat(due(NOW.minusMillis(1))).isEmpty();
    }

    @Test
    void aPostponedDeliveryIsDueAgainLater() {
        plan("d", "mail");

        journal.write(1, transaction -> {
            transaction.postpone("d", "busy", NOW, NOW.plusSeconds(4));
            return true;
        });

        assertThat(due(NOW.plusSeconds(3))).isEmpty();
        assertThat(journal.due("mail", NOW.plusSeconds(4), 10).getFirst().attempts())
                .isEqualTo(1);
    }

    @Test
    void whatHasEndedDoesNotChangeAnyMore() {
        plan("d", "mail");
        journal.write(1, transaction -> {
            transaction.end("d", DeliveryState.ACCEPTED, "250 ok", NOW);
            transaction.end("d", DeliveryState.DEAD, "too late", NOW);
            transaction.postpone("d", "too late", NOW, NOW);
            return true;
        });

        assertThat(journal.counts().accepted()).containsEntry("mail", 1L);
        assertThat(journal.counts().dead()).isEmpty();
        assertThat(due(NOW.plusSeconds(100))).isEmpty();
    }

    @Test
    void anOrphanedBlockWithdrawsItsAlertsOnceAndGivesTheirCooldownBack() {
        journal.write(1, transaction -> {
            assertThat(transaction.pass("c", NOW, Duration.ofMinutes(1), "k", NOW))
                    .isTrue();
            return transaction.alert(alert("k"), HASH, NOW);
        });
        assertThat(pass("c", NOW.plusSeconds(5), Duration.ofMinutes(1), "k2")).isFalse();

        List<Alert> withdrawn = journal.write(1, transaction -> transaction.withdraw(HASH));
        List<Alert> again = journal.write(1, transaction -> transaction.withdraw(HASH));

        assertThat(withdrawn).containsExactly(alert("k"));
        assertThat(again).isEmpty();
        assertThat(journal.counts().withdrawn()).isEqualTo(1);
        assertThat(pass("c", NOW.plusSeconds(5), Duration.ofMinutes(1), "k2")).isTrue();
    }

    @Test
    void aMatchThatPassedACooldownPassesItAgainWhenItsBlockIsTakenTwice() {
        Duration minute = Duration.ofMinutes(1);

        assertThat(pass("c", NOW, minute, "k")).isTrue();
        assertThat(pass("c", NOW, minute, "k")).isTrue();
        assertThat(pass("c", NOW.plus(minute).minusMillis(1), minute, "k2")).isFalse();
        assertThat(pass("c", NOW.plus(minute), minute, "k3")).isTrue();
        assertThat(pass("other", NOW, minute, "k4")).isTrue();
    }

    @Test
    void aMatchAPeriodBeforeTheOneThatIsRememberedPasses() {
        Duration minute = Duration.ofMinutes(1);
        assertThat(pass("c", NOW, minute, "k")).isTrue();

        assertThat(pass("c", NOW.minus(minute).plusMillis(1), minute, "k2")).isFalse();
        assertThat(pass("c", NOW.minus(minute), minute, "k3")).isTrue();
    }

    @Test
    void whoeverHasAnOlderTokenMayNotWrite() {
        journal.write(5, transaction -> true);

        assertThatThrownBy(() -> journal.write(4, transaction -> transaction.plan("d", "mail", "{}", NOW, NOW)))
                .isInstanceOf(JournalException.Fenced.class);
        assertThat(due(NOW)).isEmpty();
        assertThat(journal.newestToken()).isEqualTo(5);
        journal.write(5, transaction -> true);
    }

    @Test
    void purgingForgetsWhatIsOverAndKeepsWhatWaits() {
        plan("waits", "mail");
        plan("done", "mail");
        journal.write(1, transaction -> {
            transaction.alert(alert("k"), HASH, NOW);
            transaction.end("done", DeliveryState.ACCEPTED, "ok", NOW);
            return transaction.purge(NOW.plusSeconds(1), 10);
        });

        assertThat(journal.counts().alerts()).isZero();
        assertThat(journal.counts().accepted()).isEmpty();
        assertThat(due(NOW)).containsExactly("waits");
    }

    @Test
    void purgingTakesNoMoreRowsAtOnceThanItMay() {
        journal.write(1, transaction -> {
            for (int i = 0; i < 4; i++) {
                transaction.alert(alert("k" + i), HASH, NOW);
                transaction.pass("c" + i, NOW, Duration.ofMinutes(1), "k" + i, NOW);
                transaction.plan("d" + i, "mail", "{}", NOW, NOW);
                transaction.end("d" + i, DeliveryState.DEAD, "gone", NOW);
            }
            return true;
        });

        List<Integer> gone = Stream.generate(
                        () -> journal.write(1, transaction -> transaction.purge(NOW.plusSeconds(1), 5)))
                .limit(4)
                .toList();

        assertThat(gone).containsExactly(5, 5, 2, 0);
        assertThat(journal.counts().alerts()).isZero();
        assertThat(journal.counts().dead()).isEmpty();
    }

    @Test
    void whatAnOldBlockCausedIsKeptFromItsRecordingOn() {
        Instant block = NOW.minus(Duration.ofDays(365));
        journal.write(1, transaction -> {
            transaction.alert(alert("k").startsAt(block), HASH, NOW);
            return transaction.pass("c", block, Duration.ofMinutes(1), "k", NOW);
        });

        int gone = journal.write(1, transaction -> transaction.purge(NOW, 10));

        assertThat(gone).isZero();
        assertThat(journal.counts().alerts()).isEqualTo(1);
        assertThat(pass("c", block.plusSeconds(1), Duration.ofMinutes(1), "k2")).isFalse();
    }

    @Test
    void theFirstAttemptIsRemembered() {
        plan("d", "mail");
        assertThat(journal.due("mail", NOW, 10).getFirst().firstAttemptAt()).isEmpty();

        for (int i = 1; i <= 2; i++) {
            Instant attempt = NOW.plusSeconds(i);
            journal.write(1, transaction -> {
                transaction.postpone("d", "busy", attempt, attempt);
                return true;
            });
        }

        assertThat(journal.due("mail", NOW.plusSeconds(2), 10).getFirst().firstAttemptAt())
                .contains(NOW.plusSeconds(1));
    }

    @Test
    void theBacklogIsWhatWaitsAndSinceWhenByGateway() {
        plan("d1", "mail");
        journal.write(1, transaction -> transaction.plan("d2", "mail", "{}", NOW, NOW.plusSeconds(9)));
        plan("x", "chat");
        plan("over", "other");
        journal.write(1, transaction -> {
            transaction.end("over", DeliveryState.ACCEPTED, "ok", NOW);
            return true;
        });

        assertThat(journal.backlog()).isEqualTo(Map.of("mail", new Backlog(2, NOW), "chat", new Backlog(1, NOW)));
    }

    @Test
    void theBacklogIsReadFromAnIndexOfWhatWaitsAlone() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet plan = statement.executeQuery("EXPLAIN QUERY PLAN " + JournalTransaction.BACKLOG)) {
            assertThat(plan.getString("detail")).endsWith("USING COVERING INDEX delivery_waiting");
        }
    }

    @Test
    void aRollbackThatFailsTooDoesNotHideTheCause() {
        assertThatThrownBy(() -> journal.write(1, transaction -> {
                    journal.close();
                    throw new SQLException("the power is gone");
                }))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("the power is gone")
                .cause()
                .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1));
    }

    @Test
    void aFileOfANewerTocsinIsRefusedInOneSentence() throws Exception {
        journal.close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }

        assertThatThrownBy(() -> Journal.open(file))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("newer Tocsin")
                .hasMessageContaining("99");
        Files.delete(file);
        journal = Journal.open(file);
    }

    @Test
    void aFileThatIsNoJournalIsRefusedInOneSentence() throws Exception {
        Path other = Files.writeString(
                folder.resolve("other.db"), "this is a text, not a database, and long enough to show it\n");

        assertThatThrownBy(() -> Journal.open(other))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("other.db");
    }
}
