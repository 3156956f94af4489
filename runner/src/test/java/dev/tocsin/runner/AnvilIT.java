package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.Contracts;
import dev.tocsin.testsupport.SmtpInbox;
import dev.tocsin.testsupport.TcpProxy;
import dev.tocsin.testsupport.WebhookInbox;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The line against a real node, a real ERC-20 and a real Uniswap V2 pair, a real SMTP server and a webhook. */
class AnvilIT {

    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static final String SWAP = "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822";
    private static final BigInteger TOKEN = BigInteger.TEN.pow(18);
    private static final String RECIPIENT = "0x000000000000000000000000000000000000dead";

    @TempDir
    private Path folder;

    private final Set<String> expected = new TreeSet<>(); // keys of alerts

    private String yaml(TcpProxy front, SmtpInbox mail, WebhookInbox hook, long from) {
        return LineHarness.yaml(front.uri("http"), front.uri("ws"), from, folder.resolve("state.db"))
                + """
                watches:
                  - name: transfer
                    event: %s
                    when: value >= 5 TOKEN
                    severity: critical
                    summary: "{value TOKEN} to {to}"
                  - name: swap
                    event: event Swap(address indexed sender, uint256 amount0In, uint256 amount1In, uint256 amount0Out, uint256 amount1Out, address indexed to)
                    severity: warning
                """.formatted(LineHarness.TRANSFER)
                + LineHarness.gateways(mail, hook);
    }

    /** What the receipt's logs must cause, read by hand. */
    private void expect(Contracts.Receipt receipt) {
        for (JsonNode log : receipt.logs()) {
            String topic0 = log.path("topics").path(0).asString();
            boolean transfer = topic0.equals(TRANSFER)
                    && new BigInteger(log.path("data").asString().substring(2), 16)
                                    .compareTo(TOKEN.multiply(BigInteger.valueOf(5)))
                            >= 0;
            if (transfer || topic0.equals(SWAP)) {
                long index = Long.decode(log.path("logIndex").asString());
                expected.add("31337:" + receipt.blockHash() + ":" + receipt.transactionHash() + ":" + index + ":"
                        + (transfer ? "transfer" : "swap"));
            }
        }
    }

    private void trade(Contracts contracts, int rounds) throws InterruptedException {
        for (int i = 1; i <= rounds; i++) {
            expect(contracts.transfer(RECIPIENT, TOKEN.multiply(BigInteger.valueOf(3 + i))));
            expect(contracts.sellTokens(TOKEN.multiply(BigInteger.TEN)));
            expect(contracts.buyTokens(TOKEN.divide(BigInteger.TEN)));
        }
    }

    @Test
    void eachTransferAndSwapArrivesOnceByMailAndWebhookAcrossALostFrontAndRestarts() throws Exception {
        try (AnvilNode anvil = AnvilNode.start();
                TcpProxy front = TcpProxy.to(anvil.uri());
                SmtpInbox mail = SmtpInbox.start();
                WebhookInbox hook = WebhookInbox.start()) {
            Contracts contracts = Contracts.deploy(anvil);
            String yaml = yaml(front, mail, hook, anvil.blockNumber() + 1);

            try (ChildProcess first = LineHarness.run(folder, yaml)) {
                trade(contracts, 3);
                awaitAll(hook, mail);

                front.kill();
                trade(contracts, 3);
                front.restore();
                awaitAll(hook, mail);

                trade(contracts, 2);
                first.kill9();
            }
            trade(contracts, 2);
            try (ChildProcess second = LineHarness.run(folder, yaml)) {
                awaitAll(hook, mail);
                trade(contracts, 2);
                second.terminate();
                assertThat(second.awaitExit(Duration.ofSeconds(30))).isZero();
            }
            trade(contracts, 1);
            try (ChildProcess third = LineHarness.run(folder, yaml)) {
                awaitAll(hook, mail);
                third.interrupt();
                assertThat(third.awaitExit(Duration.ofSeconds(30))).isZero();
            }

            assertThat(expected).hasSizeGreaterThan(40);
            assertTold(hook, mail);
            assertThat(mail.mails())
                    .allSatisfy(letter -> assertThat(letter.text().orElseThrow())
                            .as("people can look it up")
                            .containsPattern("transaction 0x[0-9a-f]{64} log \\d+"));
        }
    }

    private void awaitAll(WebhookInbox hook, SmtpInbox mail) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertTold(hook, mail));
    }

    private void assertTold(WebhookInbox hook, SmtpInbox mail) {
        List<String> once = LineHarness.firing(expected);
        assertThat(LineHarness.told(hook)).containsExactlyInAnyOrderElementsOf(once);
        assertThat(LineHarness.told(mail)).containsExactlyInAnyOrderElementsOf(once);
    }
}
