package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.Contracts;
import dev.tocsin.testsupport.SmtpInbox;
import dev.tocsin.testsupport.WebhookInbox;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reorganisations of a real node, from the block to the receivers: what was told of a block that is gone is withdrawn, once; what came back
 * in another block is told again, once.
 */
class ReorgIT {

    private static final int ROUNDS = 12;
    private static final long SEED = 20261122;
    private static final BigInteger TOKEN = BigInteger.TEN.pow(18);
    private static final List<String> RECIPIENTS = List.of(
            "0x000000000000000000000000000000000000dead",
            "0x000000000000000000000000000000000000beef",
            "0x000000000000000000000000000000000000cafe");

    @TempDir
    private Path folder;

    private final Set<String> ever = new TreeSet<>(); // every alert that the chain has ever caused
    private AnvilNode anvil;
    private SmtpInbox mail;
    private WebhookInbox hook;
    private Contracts contracts;
    private ChainTruth truth;
    private String yaml;

    @BeforeEach
    void startServers() throws InterruptedException {
        anvil = AnvilNode.start();
        mail = SmtpInbox.start();
        hook = WebhookInbox.start();
        contracts = Contracts.deploy(anvil);
        truth = new ChainTruth(anvil, Duration.ofHours(1));
        yaml = LineHarness.yaml(anvil.uri(), anvil.webSocketUri(), anvil.blockNumber() + 1, folder.resolve("state.db"))
                + truth.watches()
                + LineHarness.gateways(mail, hook);
    }

    @AfterEach
    void stopServers() {
        hook.close();
        mail.close();
        anvil.close();
    }

    @Test
    void whatABlockToldIsWithdrawnWithItAndToldAgainFromTheBlockItComesBackIn() throws Exception {
        try (ChildProcess runner = LineHarness.run(folder, yaml)) {
            transfer(0, 1);
            String second = transfer(1, 1);
            String third = transfer(0, 1); // within the cooldown of the first
            transfer(2, 1);
            awaitTold();

            anvil.reorg(3, List.of(second, third));

            awaitTold();
            transfer(2, 1);
            awaitTold();
            assertThat(withdrawn()).isEqualTo(5);
            assertThat(LineHarness.told(hook))
                    .filteredOn(told -> told.startsWith("firing"))
                    .hasSize(12);
            stopInGoodOrder(runner);
        }
        assertTold();
    }

    @Test
    void aBranchOfOtherTransfersGetsTheCooldownsOfTheOneItReplaced() throws Exception {
        try (ChildProcess runner = LineHarness.run(folder, yaml)) {
            String before = anvil.snapshot();
            transfer(0, 1);
            transfer(0, 1);
            awaitTold();

            anvil.revert(before);
            transfer(0, 2);
            transfer(0, 3);
            transfer(1, 3);

            awaitTold();
            assertThat(LineHarness.told(hook))
                    .filteredOn(told -> told.startsWith("firing") && told.endsWith("first"))
                    .hasSize(3);
            stopInGoodOrder(runner);
        }
        assertTold();
    }

    @Test
    void killsInTheMiddleOfReorganisationsLoseNothingAndRepeatNothing() throws Exception {
        Random random = new Random(SEED);
        hook.usually(WebhookInbox.Reply.of(200).after(Duration.ofMillis(30)));
        mail.answerAfter(Duration.ofMillis(80));
        ChildProcess runner = LineHarness.run(folder, yaml);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                String before = anvil.snapshot();
                List<String> newest = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    newest.add(transfer(random.nextInt(RECIPIENTS.size()), 1));
                }
                awaitTold();
                long withdrawn = withdrawn();

                if (round % 4 == 0) {
                    runner.kill9(); // it finds the other branch only when it is back
                }
                if (random.nextBoolean()) {
                    int depth = 1 + random.nextInt(3);
                    int returning = random.nextInt(depth + 1);
                    anvil.reorg(depth, newest.subList(3 - depth, 3 - depth + returning));
                } else {
                    anvil.revert(before);
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        transfer(random.nextInt(RECIPIENTS.size()), 2);
                    }
                    anvil.mine(2); // a branch shorter than the one it replaces is a node that lags
                }
                if (round % 4 == 1) {
                    awaitMoreWithdrawn(withdrawn);
                } else {
                    // on purpose: the moment of the kill is what is random here
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
                }
                runner.close();
                runner = LineHarness.start(folder, yaml);
                awaitTold();
            }
            stopInGoodOrder(runner);
        } finally {
            runner.close();
        }
        assertTold();
        assertThat(withdrawn()).isGreaterThan(ROUNDS);
    }

    private String transfer(int recipient, int tokens) throws InterruptedException {
        Contracts.Receipt receipt =
                contracts.transfer(RECIPIENTS.get(recipient), TOKEN.multiply(BigInteger.valueOf(tokens)));
        truth.add(receipt);
        return receipt.transactionHash();
    }

    /** Waits until both receivers know what the chain as it stands now has caused, and what it has taken back. */
    private void awaitTold() throws InterruptedException {
        ever.addAll(truth.alerts());
        await().atMost(Duration.ofSeconds(60)).untilAsserted(this::assertTold);
    }

    private void assertTold() throws InterruptedException {
        List<String> expected = new ArrayList<>(LineHarness.firing(ever));
        Set<String> gone = new TreeSet<>(ever);
        gone.removeAll(truth.alerts());
        gone.forEach(key -> expected.add("withdrawn " + key));
        for (List<String> told : List.of(LineHarness.told(hook), LineHarness.told(mail))) {
            assertThat(told).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(gone)
                    .allSatisfy(key -> assertThat(told.indexOf("withdrawn " + key))
                            .as("told after it fired")
                            .isGreaterThan(told.indexOf("firing " + key)));
        }
    }

    private long withdrawn() {
        return LineHarness.told(hook).stream()
                .filter(told -> told.startsWith("withdrawn"))
                .count();
    }

    /** The first message of the reorganisation is there, others are on their way. */
    private void awaitMoreWithdrawn(long before) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> withdrawn() > before);
    }

    private static void stopInGoodOrder(ChildProcess runner) throws InterruptedException {
        runner.terminate();
        assertThat(runner.awaitExit(Duration.ofSeconds(30))).isZero();
    }
}
