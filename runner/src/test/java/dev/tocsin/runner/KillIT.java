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
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fifty kills at random moments, while transfers go on all the time: each alert reaches the receiver, and none as two messages. */
class KillIT {

    private static final int ROUNDS = 50;
    private static final long SEED = 20261121;
    private static final BigInteger TOKEN = BigInteger.TEN.pow(18);

    @TempDir
    private Path folder;

    private final Set<String> transactions = new ConcurrentSkipListSet<>();

    private String yaml(AnvilNode anvil, SmtpInbox mail, WebhookInbox hook, long from) {
        return """
                nodes: {chain: 31337, primary: "%s", websocket: "%s"}
                stream: {from: %d, poll: 50ms}
                tokens:
                  TOKEN: {decimals: 18}
                watches:
                  - name: transfer
                    event: event Transfer(address indexed from, address indexed to, uint256 value)
                    when: value >= 1 TOKEN
                    summary: "{value TOKEN} to {to}"
                gateways:
                  mail: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: a@tocsin.test, to: ops@tocsin.test}
                  hook: {type: webhook, url: "%s"}
                state: {file: "%s"}
                http: {port: 0}
                """.formatted(
                        anvil.uri(), anvil.webSocketUri(), from, mail.port(), hook.uri(), folder.resolve("state.db"));
    }

    @Test
    void fiftyKillsAtRandomMomentsLoseNothingAndRepeatNothing() throws Exception {
        Random random = new Random(SEED);
        AtomicBoolean trading = new AtomicBoolean(true);
        try (AnvilNode anvil = AnvilNode.start();
                SmtpInbox mail = SmtpInbox.start();
                WebhookInbox hook = WebhookInbox.start()) {
            Contracts contracts = Contracts.deploy(anvil);
            String yaml = yaml(anvil, mail, hook, anvil.blockNumber() + 1);
            // a slow receiver widens the moment between sending and recording
            hook.usually(new WebhookInbox.Reply(200, Map.of(), "", Duration.ofMillis(30)));
            Thread trader = Thread.ofVirtual().start(() -> trade(contracts, trading));

            for (int round = 0; round < ROUNDS; round++) {
                try (ChildProcess runner = LineHarness.start(folder, yaml)) {
                    if (round % 5 != 0) {
                        runner.awaitLine("watching", Duration.ofSeconds(60));
                    }
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(round % 5 == 0 ? 1500 : 500));
                    runner.kill9();
                }
            }
            trading.set(false);
            trader.join();

            assertThat(transactions).hasSizeGreaterThan(ROUNDS);
            try (ChildProcess last = LineHarness.run(folder, yaml)) {
                await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
                    assertThat(LineHarness.alertsOf(hook.requests())).hasSameSizeAs(transactions);
                    assertThat(LineHarness.logsOf(mail.mails())).hasSameSizeAs(transactions);
                });
                assertThat(last.isAlive()).isTrue();
            }

            Map<String, Integer> byHook = LineHarness.alertsOf(hook.requests());
            Map<String, Integer> byMail = LineHarness.logsOf(mail.mails());
            assertThat(byHook.keySet())
                    .allSatisfy(key -> assertThat(transactions).contains(key.split(":")[2]));
            assertThat(byHook.values())
                    .as("by webhook, repeats of a key dropped")
                    .containsOnly(1);
            assertThat(byMail.keySet())
                    .allSatisfy(key -> assertThat(transactions).contains(key.split(":")[0]));
            assertThat(byMail.values())
                    .as("by mail, repeats of a Message-ID dropped")
                    .containsOnly(1);
        }
    }

    private void trade(Contracts contracts, AtomicBoolean trading) {
        try {
            while (trading.get()) {
                transactions.add(contracts
                        .transfer("0x000000000000000000000000000000000000dead", TOKEN)
                        .transactionHash());
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
