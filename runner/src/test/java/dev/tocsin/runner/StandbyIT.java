package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.Contracts;
import dev.tocsin.testsupport.RedisServer;
import dev.tocsin.testsupport.WebhookInbox;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances on one state file and a real Redis: one works, another takes over when it dies, pauses or goes. */
class StandbyIT {

    private static final BigInteger TOKEN = BigInteger.TEN.pow(18);
    private static final String RECIPIENT = "0x000000000000000000000000000000000000dead";
    private static final String REFUSED = "another instance leads";

    @TempDir
    private Path folder;

    private AnvilNode anvil;
    private RedisServer redis;
    private WebhookInbox hook;
    private Contracts contracts;
    private ChainTruth truth;
    private String yaml;

    @BeforeEach
    void startServers() throws InterruptedException {
        anvil = AnvilNode.start();
        redis = RedisServer.start();
        hook = WebhookInbox.start();
        contracts = Contracts.deploy(anvil);
        truth = new ChainTruth(anvil, Duration.ofHours(1));
        yaml = LineHarness.yaml(anvil.uri(), anvil.webSocketUri(), anvil.blockNumber() + 1, folder.resolve("state.db"))
                + truth.watches()
                + LineHarness.gateways(hook)
                + "coordination: {redis: \"%s\", namespace: standby-test, lease: 3s}\n".formatted(redis.url());
    }

    @AfterEach
    void stopServers() {
        hook.close();
        redis.close();
        anvil.close();
    }

    @Test
    void theStandbyTakesOverFromALeaderThatDiesPausesOrGoes() throws Exception {
        ChildProcess second;
        try (ChildProcess first = instance("first")) {
            awaitTerms(first, 1);
            second = instance("second");
            transfer(5);
            awaitTold();
            assertThat(terms(second)).isZero();

            first.kill9();
            transfer(5);
            awaitTerms(second, 1);
            awaitTold();
        }
        try (second;
                ChildProcess third = instance("third")) {
            second.pause();
            transfer(5);
            awaitTerms(third, 1);
            awaitTold();

            second.resume();
            second.awaitLine("standing by", Duration.ofSeconds(20));
            transfer(5);
            awaitTold();

            third.terminate();
            assertThat(third.awaitExit(Duration.ofSeconds(30))).isZero();
            transfer(5);
            awaitTold();
        }
    }

    @Test
    void aLeaderThatWakesAfterItsTermWritesNothingAndLeadsAgainOnceTheOtherIsGone() throws Exception {
        // both are frozen with a message on its way and not recorded, so that each has something to write when it wakes
        WebhookInbox.Reply late = WebhookInbox.Reply.of(200).after(Duration.ofSeconds(6));
        hook.reply(late, late);
        try (ChildProcess first = instance("first")) {
            awaitTerms(first, 1);
            try (ChildProcess second = instance("second")) {
                transfer(1);
                hook.awaitRequests(1, Duration.ofSeconds(10));
                first.pause();
                awaitTerms(second, 1);
                hook.awaitRequests(2, Duration.ofSeconds(10));
                second.pause();
                transfer(3); // for the stream of the first to find when it wakes
                Written left = written();

                first.resume();

                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> {
                            Written now = written();
                            if (now.token() == left.token()) {
                                assertThat(now)
                                        .as("before the first leads again")
                                        .isEqualTo(left);
                            }
                            return now.token() > left.token();
                        });
                first.awaitLine(REFUSED, Duration.ofSeconds(1));
                first.awaitLine("standing by", Duration.ofSeconds(1));
                awaitTerms(first, 2);
                awaitTold();

                Written third = written();
                second.resume();
                second.awaitLine(REFUSED, Duration.ofSeconds(20));
                second.awaitLine("standing by", Duration.ofSeconds(20));
                assertThat(written()).isEqualTo(third);

                first.terminate();
                assertThat(first.awaitExit(Duration.ofSeconds(30))).isZero();
                awaitTerms(second, 2);
                transfer(2);
                awaitTold();
                assertThat(written().token()).isGreaterThan(third.token());
            }
        }
    }

    private ChildProcess instance(String name) throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        return LineHarness.run(own, "instance: " + name + "\n" + yaml);
    }

    private void transfer(int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            truth.add(contracts.transfer(RECIPIENT, TOKEN));
        }
    }

    private void awaitTold() throws InterruptedException {
        List<String> expected = LineHarness.firing(truth.alerts());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(LineHarness.told(hook)).containsExactlyInAnyOrderElementsOf(expected));
    }

    private static void awaitTerms(ChildProcess instance, int count) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(terms(instance)).isEqualTo(count));
    }

    private static long terms(ChildProcess instance) {
        return instance.lines().stream()
                .filter(line -> line.endsWith(" leading"))
                .count();
    }

    /** What stands in the state file, and under which fencing token it was written last. */
    private record Written(long token, String rows) {}

    private Written written() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"));
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false); // one view of all tables
            StringBuilder rows = new StringBuilder();
            for (String table : List.of("checkpoint", "alert", "delivery", "cooldown")) {
                try (ResultSet row = statement.executeQuery("SELECT * FROM " + table + " ORDER BY 1")) {
                    while (row.next()) {
                        rows.append(table);
                        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                            rows.append(' ').append(row.getString(i));
                        }
                        rows.append('\n');
                    }
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT token FROM fence")) {
                return new Written(row.getLong(1), rows.toString());
            }
        }
    }
}
