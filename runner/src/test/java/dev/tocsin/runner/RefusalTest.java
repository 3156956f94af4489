package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.metrics.PrometheusExporter;
import dev.tocsin.notification.RetryPolicy;
import dev.tocsin.notification.WebhookGateway;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.runner.line.Dispatcher;
import dev.tocsin.testsupport.WebhookInbox;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver that refuses for good, over real HTTP. */
class RefusalTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private static final String UNRECORDED = "tocsin_runner_unrecorded{gateway=\"hook\"}";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final PrintStream before = System.err; // where the log goes

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void cease() {
        System.setErr(before);
    }

    @Test
    void whatAReceiverRefusesForGoodIsGivenUpAtOnceAndSaidOnceInLogAndMetrics() {
        try (Journal journal = Journal.open(folder.resolve("state.db"));
                WebhookInbox inbox = WebhookInbox.start();
                WebhookGateway hook = WebhookGateway.to(inbox.uri()).named("hook");
                PrometheusExporter exporter = PrometheusExporter.create()) {
            inbox.reply(410, 404, 413, 200);
            journal.write(1, transaction -> {
                for (String key : new String[] {"gone", "unknown", "large", "good"}) {
                    transaction.plan(key, "hook", message(key), NOW, NOW);
                }
                return true;
            });

            try (Dispatcher dispatcher = dispatcher(journal, hook, exporter)) {
                dispatcher.wake();
                await().until(() -> journal.backlog().isEmpty());
            }

            assertThat(inbox.requests()).hasSize(4);
            assertThat(journal.counts().dead()).containsEntry("hook", 3L);
            assertThat(logged.toString(StandardCharsets.UTF_8)
                            .lines()
                            .filter(text -> text.contains("WARN"))
                            .map(text -> text.replaceFirst(".*Dispatcher ", "")))
                    .containsExactly(
                            "delivery given up gateway=hook key=gone outcome=InvalidRecipient[recipient=hook, reason=HTTP 410]",
                            "delivery given up gateway=hook key=unknown outcome=InvalidRecipient[recipient=hook, reason=HTTP 404]",
                            "delivery given up gateway=hook key=large outcome=TooLarge[reason=HTTP 413]");
            assertThat(exporter.scrape("text/plain").body())
                    .contains(
                            "tocsin_runner_dead_total{gateway=\"hook\",reason=\"invalid_recipient\"} 2.0",
                            "tocsin_runner_dead_total{gateway=\"hook\",reason=\"too_large\"} 1.0",
                            "tocsin_runner_deliveries_total{gateway=\"hook\",outcome=\"accepted\"} 1.0");
        }
    }

    @Test
    void whatTheStateFileRefusesToRecordShowsInTheMetricsUntilItIsRecorded() throws Exception {
        Path file = folder.resolve("state.db");
        try (Journal journal = Journal.open(file);
                WebhookInbox inbox = WebhookInbox.start();
                WebhookGateway hook = WebhookGateway.to(inbox.uri()).named("hook");
                PrometheusExporter exporter = PrometheusExporter.create()) {
            sql(file, "CREATE TRIGGER full BEFORE UPDATE ON delivery BEGIN SELECT RAISE(FAIL, 'disk is full'); END");
            journal.write(1, transaction -> transaction.plan("a", "hook", message("a"), NOW, NOW));

            try (Dispatcher dispatcher = dispatcher(journal, hook, exporter)) {
                await().until(() -> exporter.scrape("text/plain").body().contains(UNRECORDED + " 1.0"));
                sql(file, "DROP TRIGGER full");
                dispatcher.wake();
                await().until(() -> journal.backlog().isEmpty());
            }

            assertThat(exporter.scrape("text/plain").body()).contains(UNRECORDED + " 0.0");
            assertThat(inbox.requests()).hasSize(1);
        }
    }

    private static Dispatcher dispatcher(Journal journal, WebhookGateway hook, PrometheusExporter exporter) {
        return new Dispatcher(
                journal,
                1,
                Map.of("hook", hook),
                RetryPolicy.defaults(),
                InstantSource.system(),
                System::nanoTime,
                new RunnerMeters(exporter.registry(), new RunnerListener() {}),
                () -> {});
    }

    private static void sql(Path file, String text) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    private static String message(String key) {
        return "{\"title\":\"t\",\"text\":\"x\",\"key\":\"" + key + "\",\"severity\":\"info\",\"facts\":{},\"at\":0}";
    }
}
