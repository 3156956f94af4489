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
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances on one state file and a real Redis: one works, the other takes over when it dies, pauses or goes. */
class StandbyIT {

    private static final BigInteger TOKEN = BigInteger.TEN.pow(18);

    @TempDir
    private Path folder;

    private final Set<String> transactions = new TreeSet<>();

    private ChildProcess instance(String name, AnvilNode anvil, RedisServer redis, WebhookInbox hook, long from)
            throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        return LineHarness.run(
                own, """
                instance: %s
                nodes: {chain: 31337, primary: "%s"}
                stream: {from: %d, poll: 50ms}
                watches:
                  - name: transfer
                    event: event Transfer(address indexed from, address indexed to, uint256 value)
                gateways:
                  hook: {type: webhook, url: "%s"}
                coordination: {redis: "%s", namespace: standby-test, lease: 3s}
                state: {file: "%s"}
                http: {port: 0}
                """.formatted(name, anvil.uri(), from, hook.uri(), redis.url(), folder.resolve("state.db")));
    }

    private void transfer(Contracts contracts, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            transactions.add(contracts
                    .transfer("0x000000000000000000000000000000000000dead", TOKEN)
                    .transactionHash());
        }
    }

    private void awaitAll(WebhookInbox hook) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(LineHarness.alertsOf(hook.requests())).hasSameSizeAs(transactions));
        assertThat(LineHarness.alertsOf(hook.requests()).values()).containsOnly(1);
    }

    @Test
    void theStandbyTakesOverFromALeaderThatDiesPausesOrGoes() throws Exception {
        try (AnvilNode anvil = AnvilNode.start();
                RedisServer redis = RedisServer.start();
                WebhookInbox hook = WebhookInbox.start()) {
            Contracts contracts = Contracts.deploy(anvil);
            long from = anvil.blockNumber() + 1;
            ChildProcess second;
            try (ChildProcess first = instance("first", anvil, redis, hook, from)) {
                first.awaitLine("leading", Duration.ofSeconds(20));
                second = instance("second", anvil, redis, hook, from);
                transfer(contracts, 5);
                awaitAll(hook);
                assertThat(second.lines()).noneMatch(line -> line.contains("leading"));

                first.kill9();
                transfer(contracts, 5);
                second.awaitLine("leading", Duration.ofSeconds(20));
                awaitAll(hook);
            }
            try (second;
                    ChildProcess third = instance("third", anvil, redis, hook, from)) {
                second.pause();
                transfer(contracts, 5);
                third.awaitLine("leading", Duration.ofSeconds(20));
                awaitAll(hook);

                second.resume();
                second.awaitLine("standing by", Duration.ofSeconds(20));
                transfer(contracts, 5);
                awaitAll(hook);

                third.terminate();
                assertThat(third.awaitExit(Duration.ofSeconds(30))).isZero();
                transfer(contracts, 5);
                awaitAll(hook);
            }
        }
    }
}
