package dev.tocsin.runner;

import static dev.tocsin.runner.LeadingHarness.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tocsin.metrics.PrometheusExporter;
import dev.tocsin.rpcpool.stream.Checkpoint;
import dev.tocsin.runner.config.Place;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.http.OperationsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ReadinessTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private LeadingHarness line;
    private PrometheusExporter exporter;
    private OperationsServer server;

    @BeforeEach
    void open() throws Exception {
        line = new LeadingHarness(folder);
        exporter = PrometheusExporter.create();
        TocsinConfig.Http any = new TocsinConfig.Http(new Place("t.yml", 1, "http"), "127.0.0.1", 0, "/metrics");
        server = OperationsServer.start(
                any, exporter, Readiness.of(line.pool, line.leading, () -> Optional.of("other")));
    }

    @AfterEach
    void close() {
        server.close();
        exporter.close();
        line.close();
        client.close();
    }

    /** The answer of {@code /ready}: its status, and the line of a component. */
    private record Answer(int status, JsonNode components) {
        String on(String component) {
            JsonNode one = components.get(component);
            return one.get("status").asString() + " " + one.get("detail").asString();
        }
    }

    private Answer ready() throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(server.address().resolve("/ready")).build(),
                HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), JSON.readTree(response.body()).get("components"));
    }

    private void awaitStream(String detail) {
        await().untilAsserted(() -> assertThat(ready().on("stream")).isEqualTo(detail));
    }

    private void leadAtBlockOne() {
        line.leading.begin(1);
        line.mine();
        awaitStream("UP block 1 of 1");
        await().until(() -> line.hook.keys.size() == 1);
    }

    @Test
    void aStandbyIsReadyWhateverTheLeaderHasNotDelivered() throws Exception {
        line.journal.write(1, transaction -> transaction.plan("d", "hook", "{}", NOW, NOW));
        line.clock.advance(Duration.ofHours(1));

        Answer answer = ready();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.on("nodes")).isEqualTo("UP 1 of 1 healthy");
        assertThat(answer.on("stream")).isEqualTo("UP standby");
        assertThat(answer.on("deliveries")).isEqualTo("UP 1 deliveries waiting");
        assertThat(answer.on("leadership")).isEqualTo("UP standby, last seen leader other");
    }

    @Test
    void aLeaderThatFollowsIsReady() throws Exception {
        leadAtBlockOne();

        Answer answer = ready();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.on("leadership")).isEqualTo("UP leader");
    }

    @Test
    void aChainThatStandsStillIsSaidAfterThreeMinutes() throws Exception {
        leadAtBlockOne();

        line.clock.advance(Duration.ofMinutes(3));
        assertThat(ready().on("stream")).isEqualTo("UP block 1 of 1");
        line.clock.advance(Duration.ofMinutes(1));

        Answer answer = ready();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.on("stream")).isEqualTo("DOWN block 1 of 1, no block for 4 min");
    }

    @Test
    void aStreamThatNeverGotABlockSaysWhy() throws Exception {
        line.node.stop();
        line.leading.begin(1);
        awaitStream("UP block -1 of -1");

        line.clock.advance(Duration.ofMinutes(4));

        await().untilAsserted(() -> assertThat(ready().on("stream"))
                .startsWith("DOWN block -1 of -1, no block for 4 min: ")
                .contains("connect"));
        assertThat(ready().status()).isEqualTo(503);
        await().untilAsserted(() -> assertThat(ready().on("nodes"))
                .isEqualTo("DOWN 0 of 1 healthy: " + nameOfTheNode() + " cannot connect"));
    }

    private String nameOfTheNode() {
        return "127.0.0.1:" + line.node.http().getPort();
    }

    @Test
    void aNodeThatComesBackAsAnotherChainIsSaid() throws Exception {
        String genesis = "0x" + "ab".repeat(32);
        line.node.stop();
        await().untilAsserted(() -> assertThat(ready().on("nodes")).startsWith("DOWN 0 of 1 healthy"));
        HttpServer another = HttpServer.create(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), line.node.http().getPort()),
                0);
        another.createContext("/", exchange -> answer(exchange, genesis));
        another.start();
        try {
            await().untilAsserted(() -> assertThat(ready().on("nodes"))
                    .startsWith("DOWN 0 of 1 healthy: " + nameOfTheNode() + " serves chain " + LeadingHarness.CHAIN
                            + " with genesis block " + genesis + ", expected 0x"));
            assertThat(ready().status()).isEqualTo(503);
        } finally {
            another.stop(0);
        }
    }

    /** As a node of the same chain id whose every block has this hash. */
    private static void answer(HttpExchange exchange, String hash) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
            answer.set("id", request.get("id"));
            if (request.get("method").asString().equals("eth_getBlockByNumber")) {
                answer.putObject("result").put("number", "0x0").put("hash", hash);
            } else {
                answer.put("result", "0x" + Long.toHexString(LeadingHarness.CHAIN));
            }
            byte[] body = JSON.writeValueAsBytes(answer);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Test
    void aChainThatIsAnotherThanBeforeIsSaid() throws Exception {
        String words = "DOWN the chain has no block in common with the last 128 delivered blocks up to 2;"
                + " the stream has stopped; is it another chain? then take data/tocsin.db away";
        line.mine();
        line.mine();
        loadAnotherChain(2);

        line.leading.begin(1);

        awaitStream(words);
        assertThat(ready().status()).isEqualTo(503);
        line.leading.end();
        assertThat(ready().on("stream")).as("until the process has ended").isEqualTo(words);
    }

    @Test
    void nodesThatStayFarBelowTheCheckpointAreSaidAfterTenSeconds() throws Exception {
        line.mine();
        loadAnotherChain(661);
        line.leading.begin(1);
        awaitStream("UP block 661 of 661");

        line.clock.advance(Duration.ofSeconds(10));

        awaitStream("DOWN the nodes' newest block is 1, behind the checkpoint 661;"
                + " is it another chain? then take data/tocsin.db away");
        assertThat(ready().status()).isEqualTo(503);
        assertThat(line.gauge("processed")).isEqualTo(661);
        assertThat(line.gauge("head")).isEqualTo(1);
        assertThat(line.gauge("lag")).isZero();
        line.mine();
        awaitStream("DOWN the nodes' newest block is 2, behind the checkpoint 661;"
                + " is it another chain? then take data/tocsin.db away");
        assertThat(line.gauge("head")).isEqualTo(2);
    }

    @Test
    void aFirstBlockFarAboveTheHeadIsSaid(@TempDir Path other) throws Exception {
        try (LeadingHarness far = new LeadingHarness(other, 1000)) {
            far.leading.begin(1);

            await().untilAsserted(() -> assertThat(far.leading.streamHealth().detail())
                    .isEqualTo("waiting for block 1000, the newest is 0"));
        }
    }

    private void loadAnotherChain(long number) {
        line.journal.write(1, transaction -> {
            transaction.checkpoint(LeadingHarness.CHAIN, new Checkpoint(number, "0x" + "ab".repeat(32), List.of()));
            return true;
        });
    }

    @Test
    void aGatewayWhoseOldestMessageWaitsTooLongIsNamed() throws Exception {
        leadAtBlockOne();
        line.hook.gate.drainPermits();
        line.mine();
        await().until(line.hook.gate::hasQueuedThreads);
        line.clock.advance(Duration.ofMinutes(5));
        assertThat(ready().on("deliveries")).isEqualTo("UP 1 deliveries waiting");

        line.clock.advance(Duration.ofMinutes(1));

        Answer answer = ready();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.on("deliveries")).isEqualTo("DOWN hook has 1 waiting, the oldest for 6 min");
    }
}
