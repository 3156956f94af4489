package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.FreePort;
import dev.tocsin.testsupport.RedisServer;
import dev.tocsin.testsupport.WebhookInbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that begins anew as another chain, below and then above the block that the runner stands at. */
class AnotherChainIT {

    private static final int BLOCKS = 200; // more than the window, so that they cannot all be taken back
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    private Path folder;

    private final int nodePort = FreePort.next();
    private final int httpPort = FreePort.next();
    private final HttpClient client = HttpClient.newHttpClient();
    private WebhookInbox hook;

    @BeforeEach
    void start() {
        hook = WebhookInbox.start();
    }

    @AfterEach
    void stop() {
        hook.close();
        client.close();
    }

    private String yaml() {
        URI node = URI.create("http://127.0.0.1:" + nodePort);
        URI nobody = URI.create("ws://user:secret@127.0.0.1:1/secret");
        return LineHarness.yaml(node, nobody, 1, state()).replace("port: 0", "port: " + httpPort)
                + "watches:\n  - {name: transfer, event: \"%s\"}\n".formatted(LineHarness.TRANSFER)
                + LineHarness.gateways(hook);
    }

    private Path state() {
        return folder.resolve("state.db");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void awaitReady(int status, String words) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> ready = get("/ready");
            assertThat(ready.body()).contains(words);
            assertThat(ready.statusCode()).isEqualTo(status);
        });
    }

    /** With the same genesis block each time: of another genesis the pool itself would not use the node. */
    private AnvilNode chain() throws InterruptedException {
        return AnvilNode.builder()
                .port(nodePort)
                .options("--timestamp", "1790000000")
                .start();
    }

    /** Has only the genesis block in common with the first. */
    private AnvilNode anotherChain() throws InterruptedException {
        AnvilNode anew = chain();
        anew.rpc("evm_increaseTime", 86_400);
        return anew;
    }

    /** Runs until all blocks of the first chain are done; then that node is gone. */
    private ChildProcess runOnTheFirstChain(String yaml) throws Exception {
        try (AnvilNode anvil = chain()) {
            anvil.mine(BLOCKS);
            ChildProcess runner = LineHarness.run(folder, yaml);
            awaitReady(200, "block 200 of 200");
            return runner;
        }
    }

    private static List<String> lines(ChildProcess runner, String words) {
        return runner.lines().stream().filter(line -> line.contains(words)).toList();
    }

    private String whatToDo() {
        return "is it another chain? then take " + state() + " away";
    }

    @Test
    void aRunnerWhoseChainIsAnotherSaysSoAndEndsWithExitCodeOne() throws Exception {
        try (ChildProcess runner = runOnTheFirstChain(yaml());
                AnvilNode anew = anotherChain()) {
            anew.mine(15);
            String behind = "the nodes' newest block is 15, behind the checkpoint 200; " + whatToDo();
            awaitReady(503, behind);
            assertThat(get("/metrics").body())
                    .contains("tocsin_rpcpool_stream_processed{chain=\"31337\"} 200.0")
                    .contains("tocsin_rpcpool_stream_head{chain=\"31337\"} 15.0")
                    .contains("tocsin_rpcpool_stream_lag_blocks{chain=\"31337\"} 0.0");
            assertThat(lines(runner, behind)).singleElement().asString().contains("WARN");

            anew.mine(BLOCKS);

            String stopped = "the chain has no block in common with the last 128 delivered blocks up to 200;"
                    + " the stream has stopped; " + whatToDo();
            await().atMost(PATIENCE).until(() -> !isReadyOrSaysDown(runner));
            assertThat(runner.awaitExit(PATIENCE)).isEqualTo(1);
            assertThat(lines(runner, stopped)).singleElement().asString().contains("ERROR");
            assertThat(lines(runner, "websocket cannot be used"))
                    .singleElement()
                    .asString()
                    .contains("WARN", "node=127.0.0.1:1 ");
            assertThat(runner.lines()).noneMatch(line -> line.contains("secret"));
        }
    }

    /** False once nobody answers any more; what is answered before says that it is not ready. */
    private boolean isReadyOrSaysDown(ChildProcess runner) throws InterruptedException {
        try {
            assertThat(get("/ready").statusCode()).as("until %s ends", runner).isEqualTo(503);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void oneOfSeveralResignsInsteadAndIsNotReady() throws Exception {
        try (RedisServer redis = RedisServer.start();
                ChildProcess runner = runOnTheFirstChain(yaml()
                        + "coordination: {redis: \"%s\", namespace: another, lease: 3s}\n".formatted(redis.url()));
                AnvilNode anew = anotherChain()) {
            anew.mine(BLOCKS + 1);

            runner.awaitLine("standing by", PATIENCE);

            awaitReady(503, whatToDo());
            await().during(Duration.ofSeconds(4))
                    .until(() -> lines(runner, " leading").size() == 1);
            runner.terminate();
            assertThat(runner.awaitExit(PATIENCE)).isZero();
        }
    }
}
