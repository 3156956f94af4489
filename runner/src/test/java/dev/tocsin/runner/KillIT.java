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
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fifty kills at random moments, while transfers go on all the time: each alert reaches the receivers, none as two messages, and a cooldown
 * holds over the kills without swallowing what is due. Both receivers are slow to answer, so that kills fall between acceptance and record.
 */
class KillIT {

    private static final int ROUNDS = 50;
    private static final long SEED = 20261121;
    private static final BigInteger TOKEN = BigInteger.TEN.pow(18);
    private static final Duration COOLDOWN = Duration.ofSeconds(5); // some four kills
    private static final List<String> RECIPIENTS = List.of(
            "0x000000000000000000000000000000000000dead",
            "0x000000000000000000000000000000000000beef",
            "0x000000000000000000000000000000000000cafe");

    @TempDir
    private Path folder;

    @Test
    void fiftyKillsAtRandomMomentsLoseNothingAndRepeatNothing() throws Exception {
        Random random = new Random(SEED);
        AtomicBoolean trading = new AtomicBoolean(true);
        try (AnvilNode anvil = AnvilNode.start();
                SmtpInbox mail = SmtpInbox.start();
                WebhookInbox hook = WebhookInbox.start()) {
            Contracts contracts = Contracts.deploy(anvil);
            ChainTruth truth = new ChainTruth(anvil, COOLDOWN);
            String yaml = LineHarness.yaml(
                            anvil.uri(), anvil.webSocketUri(), anvil.blockNumber() + 1, folder.resolve("state.db"))
                    + truth.watches()
                    + LineHarness.gateways(mail, hook);
            hook.usually(WebhookInbox.Reply.of(200).after(Duration.ofMillis(30)));
            mail.answerAfter(Duration.ofMillis(80));
            Thread trader = Thread.ofVirtual().start(() -> trade(contracts, truth, trading));

            for (int round = 0; round < ROUNDS; round++) {
                try (ChildProcess runner = LineHarness.start(folder, yaml)) {
                    if (round % 5 != 0) {
                        runner.awaitLine("watching", Duration.ofSeconds(60));
                    }
                    // on purpose: the moment of the kill is what is random here, in every fifth round during the start
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(round % 5 == 0 ? 1500 : 500));
                    runner.kill9();
                }
            }
            trading.set(false);
            trader.join();

            List<String> expected = LineHarness.firing(truth.alerts());
            assertThat(truth.transfers()).isGreaterThan(ROUNDS);
            assertThat(expected)
                    .as("a cooldown let some through, and not all")
                    .hasSizeBetween(truth.transfers() + 2 * RECIPIENTS.size(), truth.transfers() * 2 - ROUNDS);
            try (ChildProcess last = LineHarness.run(folder, yaml)) {
                await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
                    assertThat(LineHarness.told(hook)).hasSizeGreaterThanOrEqualTo(expected.size());
                    assertThat(LineHarness.told(mail)).hasSizeGreaterThanOrEqualTo(expected.size());
                });
                assertThat(last.isAlive()).isTrue();
            }

            assertThat(LineHarness.told(hook))
                    .as("by webhook, repeats of a key dropped")
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(LineHarness.told(mail))
                    .as("by mail, repeats of a Message-ID dropped")
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(mail.mails().stream()
                            .map(letter -> letter.header("Message-ID"))
                            .distinct())
                    .as("some kills fell between the acceptance of a mail and its record")
                    .hasSizeLessThan(mail.mails().size());
        }
    }

    private static void trade(Contracts contracts, ChainTruth truth, AtomicBoolean trading) {
        Random random = new Random(SEED);
        try {
            while (trading.get()) {
                truth.add(contracts.transfer(RECIPIENTS.get(random.nextInt(RECIPIENTS.size())), TOKEN));
                TimeUnit.MILLISECONDS.sleep(100); // on purpose: the pace of the trader
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
