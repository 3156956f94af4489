package dev.tocsin.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.filters.Match;
import dev.tocsin.runner.demo.DemoChain;
import dev.tocsin.runner.demo.DemoNode;
import dev.tocsin.runner.demo.Miner;
import dev.tocsin.runner.demo.SimulatedMarket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class WatchTransfersTest {

    @Test
    void theExampleTellsOfLargeTransfersAndSurvivesTheLossOfANode() throws Exception {
        DemoChain chain = DemoChain.create(DemoChain.CHAIN_ID, InstantSource.system());
        List<Match> told = new CopyOnWriteArrayList<>();
        try (DemoNode a = DemoNode.on(chain, "a").start();
                DemoNode b = DemoNode.on(chain, "b").start()) {
            Thread example = Thread.ofVirtual().start(() -> {
                try {
                    WatchTransfers.watch(a.http().toString(), b.http().toString(), told::add);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            try (Miner miner = Miner.start(chain, SimulatedMarket.seeded(3), Duration.ofMillis(20))) {
                await().atMost(Duration.ofSeconds(20)).until(() -> told.size() >= 3);
                a.stop();
                int before = told.size();
                await().atMost(Duration.ofSeconds(20)).until(() -> told.size() >= before + 3);
                assertThat(miner.failure()).isEmpty();
            }
            example.interrupt();
            assertThat(example.join(Duration.ofSeconds(10))).isTrue();
        }
        assertThat(told).extracting(Match::rule).containsOnly("whale");
        assertThat(told).extracting(Match::key).doesNotHaveDuplicates();
    }

    @Test
    void theReadmeShowsTheCodeThatWasCompiled() throws Exception {
        String code = Files.readString(Path.of("src/main/java/dev/tocsin/examples/WatchTransfers.java"));
        String region = code.substring(
                code.indexOf("region=readme\n") + "region=readme\n".length(), code.indexOf("        // @end"));

        assertThat(Files.readString(Path.of("../README.md")))
                .contains("```java\n" + region.stripTrailing().stripIndent() + "\n```");
    }
}
