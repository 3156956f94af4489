package dev.tocsin.runner;

import static dev.tocsin.runner.LeadingHarness.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.metrics.HealthStatus;
import dev.tocsin.rpcpool.stream.Checkpoint;
import dev.tocsin.runner.journal.DeliveryState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeadingTest {

    @TempDir
    private Path folder;

    private LeadingHarness line;
    private Leading leading;

    @BeforeEach
    void open() throws Exception {
        line = new LeadingHarness(folder);
        leading = line.leading;
    }

    @AfterEach
    void close() {
        line.close();
    }

    private void awaitStream(HealthStatus status) {
        await().untilAsserted(() -> assertThat(leading.streamHealth()).isEqualTo(status));
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + line.file);
                Statement one = connection.createStatement()) {
            one.execute(statement);
        }
    }

    @Test
    void aTermFollowsTheChainAndDeliversUntilItEnds() {
        leading.begin(1);
        line.mine();
        await().until(() -> line.hook.keys.size() == 1);
        line.mine();
        await().until(() -> line.hook.keys.size() == 2);

        leading.end();

        assertThat(line.led).containsExactly(true, false);
        assertThat(line.journal.counts().accepted()).containsEntry("hook", 2L);
        assertThat(line.journal.checkpoint(LeadingHarness.CHAIN))
                .map(Checkpoint::number)
                .contains(2L);
        assertThat(leading.streamHealth()).isEqualTo(HealthStatus.up("standby"));
        leading.end();
        assertThat(line.led).hasSize(2);
    }

    @Test
    void theMetersOfTheStreamGoOnInTheNextTerm() {
        leading.begin(1);
        line.mine();
        await().until(() -> line.hook.keys.size() == 1);
        leading.end();
        leading.begin(2);
        line.mine();
        await().until(() -> line.hook.keys.size() == 2);

        await().untilAsserted(() -> assertThat(line.gauge("processed")).isEqualTo(2));
        assertThat(line.gauge("head")).isEqualTo(2);
    }

    @Test
    void whatCannotBeginIsTriedAgain() throws Exception {
        sql("ALTER TABLE fence RENAME TO away");
        leading.begin(1);
        await().untilAsserted(() -> assertThat(leading.streamHealth())
                .isInstanceOfSatisfying(
                        HealthStatus.Down.class,
                        down -> assertThat(down.detail())
                                .startsWith("cannot begin to work: ")
                                .contains("fence")));

        sql("ALTER TABLE away RENAME TO fence");
        line.mine();

        awaitStream(HealthStatus.up("block 1 of 1"));
    }

    @Test
    void aTermThatCannotBeginEnds() throws Exception {
        sql("ALTER TABLE fence RENAME TO away");
        leading.begin(1);
        await().until(() -> leading.streamHealth().detail().startsWith("cannot begin"));

        leading.end();

        assertThat(line.led).containsExactly(true, false);
        assertThat(leading.isOn()).isFalse();
    }

    @Test
    void aFencedWriteEndsTheTermAndTheNextOneTakesTheBlock() {
        leading.begin(5);
        line.mine();
        await().until(() -> line.hook.keys.size() == 1);
        line.journal.write(9, transaction -> true);

        line.mine();

        awaitStream(HealthStatus.up("standby"));
        assertThat(line.led).containsExactly(true, false);
        assertThat(line.journal.counts().alerts()).isEqualTo(1);
        leading.end();
        leading.begin(10);
        await().until(() -> line.hook.keys.size() == 2);
        assertThat(line.journal.newestToken()).isEqualTo(10);
        assertThat(line.led).containsExactly(true, false, true);
    }

    @Test
    void everyoneWhoEndsATermWaitsUntilItsWorkHasEnded() throws Exception {
        line.hook.gate.drainPermits();
        leading.begin(1);
        line.mine();
        await().until(line.hook.gate::hasQueuedThreads);
        List<String> over = new CopyOnWriteArrayList<>();
        Thread first = Thread.ofPlatform().start(() -> end(over));
        Thread second = Thread.ofPlatform().start(() -> end(over));
        await().until(() -> first.getState() == Thread.State.WAITING && second.getState() == Thread.State.WAITING);
        assertThat(over).isEmpty();

        line.hook.gate.release();
        first.join();
        second.join();

        assertThat(over).containsExactly("1 delivered", "1 delivered");
        assertThat(line.led).containsExactly(true, false);
    }

    private void end(List<String> over) {
        leading.end();
        over.add(line.journal.counts().accepted().get("hook") + " delivered");
    }

    @Test
    void whoeverIsInterruptedWhileEndingLeavesTheEndingUnderWay() {
        leading.begin(1);
        line.mine();
        awaitStream(HealthStatus.up("block 1 of 1"));
        Thread.currentThread().interrupt();

        leading.end();

        assertThat(Thread.interrupted()).isTrue();
        await().until(() -> line.led.equals(List.of(true, false)));
    }

    @Test
    void whatIsOverIsForgottenDuringATerm() {
        leading.begin(1);
        line.mine();
        awaitStream(HealthStatus.up("block 1 of 1"));
        line.journal.write(1, transaction -> {
            for (int i = 0; i < 1500; i++) { // more than at once
                transaction.plan("d" + i, "other", "{}", NOW, NOW);
                transaction.end("d" + i, DeliveryState.ACCEPTED, "ok", NOW);
            }
            return true;
        });

        line.clock.advance(Duration.ofMinutes(61));

        await().until(() -> !line.journal.counts().accepted().containsKey("other"));
    }
}
