package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.filters.Keccak256;
import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.Contracts;
import dev.tocsin.testsupport.JavaProcess;
import dev.tocsin.testsupport.Recordings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo as a user starts it, in a process of its own. */
class DemoIT {

    private static final String USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    private Path folder;

    private static ChildProcess demo(String... args) throws Exception {
        String[] all = new String[args.length + 1];
        all[0] = "demo";
        System.arraycopy(args, 0, all, 1, args.length);
        return JavaProcess.main(Main.class, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .args(all)
                .start();
    }

    private static URI served(ChildProcess process, String path) throws Exception {
        String line = process.awaitLine("/metrics", PATIENCE);
        return Stream.of(line.strip().split("\\s+", -1))
                .filter(word -> word.endsWith(path))
                .map(URI::create)
                .findFirst()
                .orElseThrow();
    }

    private static HttpResponse<String> get(URI uri) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private JsonNode summary(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }

    @Test
    void theSimulatedMarketIsFollowedThroughAnOutageAndReorganisationsWithoutLossOrRepetition() throws Exception {
        Path json = folder.resolve("demo.json");

        try (ChildProcess process = demo("--for", "20s", "--json", json.toString(), "--seed", "1")) {
            process.awaitLine("SIMULATED", PATIENCE);
            process.awaitLine("/metrics", PATIENCE);
            process.awaitLine("node-a stops", PATIENCE);
            process.awaitLine("failover from node-a to node-b", PATIENCE);
            process.awaitLine("node-a comes back", PATIENCE);
            assertThat(process.awaitExit(PATIENCE)).isZero();
            assertThat(process.stdout()).noneMatch(line -> line.contains("\u001b"));
        }

        JsonNode summary = summary(json);
        assertThat(summary.path("source").asString()).isEqualTo("simulated");
        assertThat(summary.path("blocks").asLong()).isGreaterThan(20);
        assertThat(summary.path("logs").asLong()).isGreaterThan(200);
        assertThat(summary.path("decoded.Transfer").asLong()).isPositive();
        assertThat(summary.path("decoded.Swap").asLong()).isPositive();
        assertThat(summary.path("matches").asLong()).isPositive();
        assertThat(summary.path("alerts").asLong()).isPositive();
        assertThat(summary.path("deliveries.terminal").asLong()).isPositive();
        assertThat(summary.path("deliveries.webhook").asLong()).isPositive();
        assertThat(summary.path("deliveries.email").asLong()).isPositive();
        assertThat(summary.path("lost").asLong(-1)).isZero();
        assertThat(summary.path("duplicated").asLong(-1)).isZero();
        assertThat(summary.path("verified").asBoolean()).isTrue();
        long expected = summary.path("expected.webhook").asLong();
        assertThat(expected)
                .isPositive()
                .isEqualTo(summary.path("expected.terminal").asLong());
        assertThat(summary.path("expected.email").asLong()).isPositive().isLessThan(expected);
        assertThat(summary.path("withdrawn").asLong()).isPositive();
        assertThat(summary.path("failovers").asLong()).isPositive();
        assertThat(summary.path("reorganisations").asLong()).isPositive();
        assertThat(summary.path("p50_ms").asDouble()).isPositive();
        assertThat(summary.path("p99_ms").asDouble())
                .isGreaterThanOrEqualTo(summary.path("p50_ms").asDouble());
    }

    @Test
    void aReplayOfEverythingRecordedGivesTheCountsOfASecondComputationOverTheRawFiles() throws Exception {
        Path recording = Recordings.open();
        RawRecording raw = new RawRecording();
        try (Stream<Path> files = Files.walk(recording)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                raw.read(file);
            }
        }
        Path json = folder.resolve("replay.json");

        try (ChildProcess process = demo("--for", "30s", "--replay", recording.toString(), "--json", json.toString())) {
            assertThat(process.awaitExit(PATIENCE)).isZero();
        }

        JsonNode summary = summary(json);
        assertThat(summary.path("source").asString()).isEqualTo("replay");
        assertThat(summary.path("logs").asLong()).isEqualTo(raw.logs).isGreaterThan(35_000);
        assertThat(summary.path("blocks").asLong()).isEqualTo(raw.blocks.size());
        assertThat(summary.path("decoded.Transfer").asLong()).isEqualTo(raw.transfers);
        assertThat(summary.path("decoded.Swap").asLong()).isEqualTo(raw.swaps);
        assertThat(summary.path("matches").asLong())
                .isEqualTo(
                        raw.matches.values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(summary.path("expected.webhook").asLong())
                .isEqualTo(summary.path("expected.terminal").asLong());
        assertThat(summary.path("expected.email").asLong())
                .isEqualTo(raw.matches.getOrDefault("usdc2", 0L) + raw.matches.getOrDefault("usdt", 0L));
        assertThat(summary.path("alerts").asLong())
                .isEqualTo(summary.path("matches").asLong());
        assertThat(summary.path("lost").asLong(-1)).isZero();
        assertThat(summary.path("duplicated").asLong(-1)).isZero();
    }

    @Test
    void aFolderWithoutRecordingsIsOneSentenceAndExitCodeTwo() throws Exception {
        try (ChildProcess process = demo("--replay", folder.resolve("nothing").toString())) {
            assertThat(process.awaitExit(PATIENCE)).isEqualTo(2);
            assertThat(process.stderr()).singleElement().asString().contains("nothing does not exist");
            assertThat(process.stdout()).isEmpty();
        }
    }

    @Test
    void controlCEndsTheDemoInOrder() throws Exception {
        try (ChildProcess process = demo()) {
            process.awaitLine("[WARNING]", PATIENCE);
            process.interrupt();
            assertThat(process.awaitExit(Duration.ofSeconds(30))).isZero();
            assertThat(process.stdout()).anyMatch(line -> line.startsWith("Summary"));
        }
    }

    @Test
    void controlCWhileANodeIsDownEndsTheDemoInOrder() throws Exception {
        try (ChildProcess process = demo("--for", "30s")) {
            process.awaitLine("node-a stops", PATIENCE);
            process.interrupt();
            assertThat(process.awaitExit(Duration.ofSeconds(30))).isZero();
            assertThat(process.stdout())
                    .anyMatch(line -> line.startsWith("Summary"))
                    .anyMatch(line -> line.matches(" {2}lost +0"))
                    .noneMatch(line -> line.contains("node-a comes back"));
        }
    }

    @Test
    void aRunningDemoServesMetricsHealthAndReadiness() throws Exception {
        try (ChildProcess process = demo()) {
            URI metrics = served(process, "/metrics");
            URI health = served(process, "/health");
            URI ready = served(process, "/ready");
            process.awaitLine("[WARNING]", PATIENCE);

            HttpResponse<String> metric = get(metrics);
            assertThat(metric.statusCode()).isEqualTo(200);
            assertThat(metric.body().lines())
                    .anyMatch(line -> line.matches("tocsin_runner_leading(\\{.*})? 1\\.0"))
                    .anyMatch(line -> line.matches("tocsin_runner_deliveries_total\\{.*\"terminal\".*} [1-9].*"))
                    .anyMatch(line -> line.matches("tocsin_rpcpool_stream_processed(\\{.*})? [1-9].*"));
            assertThat(metric.body().lines().filter(line -> line.matches("tocsin_rpcpool_node_healthy\\{.*} 1\\.0")))
                    .hasSize(2);
            assertThat(get(health).statusCode()).isEqualTo(200);
            assertThat(JSON.readTree(get(health).body()).path("status").asString())
                    .isEqualToIgnoringCase("up");
            assertThat(get(ready).statusCode()).isEqualTo(200);
            assertThat(get(ready).body()).contains("2 of 2 healthy", "leader", "block ");

            process.interrupt();
            assertThat(process.awaitExit(Duration.ofSeconds(30))).isZero();
        }
    }

    @Test
    void aRealNodeIsWatchedAndItsTransferDeliveredAndNothingIsCalledVerified() throws Exception {
        Path json = folder.resolve("rpc.json");
        try (AnvilNode anvil = AnvilNode.start()) {
            Contracts contracts = Contracts.deploy(anvil);
            putTokenAt(USDC, contracts, anvil);
            try (ChildProcess process = demo("--rpc", anvil.uri().toString(), "--json", json.toString())) {
                URI ready = served(process, "/ready");
                await().atMost(PATIENCE).until(() -> get(ready).statusCode() == 200);

                // transfer(address,uint256)
                String transfer =
                        "0xa9059cbb" + "0".repeat(24) + USDC.substring(2) + String.format("%064x", 2_000_000_000_000L);
                anvil.rpc("eth_sendTransaction", Map.of("from", contracts.owner(), "to", USDC, "data", transfer));
                process.awaitLine("[CRITICAL] huge-usdc-transfer", PATIENCE);
                process.awaitLine("2,000,000 USDC", PATIENCE);
                process.interrupt();

                assertThat(process.awaitExit(Duration.ofSeconds(30))).isZero();
                assertThat(process.stdout())
                        .contains("  node     127.0.0.1:" + anvil.uri().getPort(), "  chain    31337")
                        .contains("Summary (blocks of real nodes)")
                        .anyMatch(line -> line.matches(" {2}lost +none known of, not verified .*"));
            }
        }

        JsonNode summary = summary(json);
        assertThat(summary.path("source").asString()).isEqualTo("rpc");
        assertThat(summary.path("verified").asBoolean(true)).isFalse();
        assertThat(summary.path("lost").asLong(-1)).isZero();
        assertThat(summary.path("duplicated").asLong(-1)).isZero();
        assertThat(summary.path("alerts").asLong()).isEqualTo(2);
        assertThat(summary.path("deliveries.email").asLong()).isEqualTo(1);
        assertThat(summary.path("deliveries.webhook").asLong()).isEqualTo(2);
        assertThat(summary.path("deliveries.terminal").asLong()).isEqualTo(2);
    }

    /** The code of the test token at the address that the demo watches, with a balance of its owner there. */
    private static void putTokenAt(String address, Contracts contracts, AnvilNode anvil) throws Exception {
        anvil.rpc(
                "anvil_setCode",
                address,
                anvil.rpc("eth_getCode", contracts.token(), "latest").asString());
        byte[] slot = new byte[64]; // of the mapping of balances, slot 0: keccak256(owner, 0)
        System.arraycopy(HexFormat.of().parseHex(contracts.owner().substring(2)), 0, slot, 12, 20);
        anvil.rpc(
                "anvil_setStorageAt",
                address,
                "0x" + HexFormat.of().formatHex(Keccak256.hash(slot)),
                "0x" + String.format("%064x", 1L << 60));
    }

    @Test
    void whenNobodyCanSeeTheTerminalTheDemoEndsSoonAndClaimsNoSuccess() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String command = "{ '" + java + "' -XX:TieredStopAtLevel=1 -cp '" + JavaProcess.classPath() + "' "
                + Main.class.getName() + " demo --for 60s; echo \"code $?\" >&2; } | head -n 3";
        try (ChildProcess process = ChildProcess.of("sh", "-c", command).start()) {
            assertThat(process.awaitExit(Duration.ofSeconds(40))).isZero();
            assertThat(process.stderr())
                    .contains("code 1")
                    .anyMatch(line -> line.startsWith("standard output cannot be written"));
        }
    }

    @Test
    void aRecordingThatGoesAwayInTheMiddleIsReportedAndExitCodeOne() throws Exception {
        Path recording = Files.createDirectory(folder.resolve("recording"));
        for (int number = 1; number <= 3; number++) {
            try (OutputStream out =
                    new GZIPOutputStream(Files.newOutputStream(recording.resolve("1-" + number + ".json.gz")))) {
                out.write(("{\"chainId\": 1, \"header\": {\"number\": \"0x" + number + "\"}, \"receipts\": []}")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        try (ChildProcess process = demo("--replay", recording.toString(), "--for", "15s")) {
            process.awaitLine("  ends ", PATIENCE);
            Files.delete(recording.resolve("1-3.json.gz"));

            assertThat(process.awaitExit(Duration.ofSeconds(25))).isEqualTo(1);
            assertThat(process.stderr())
                    .filteredOn(line -> line.startsWith("the blocks ended too early: "))
                    .singleElement()
                    .asString()
                    .contains("1-3.json.gz cannot be read: it is gone");
            assertThat(process.stdout())
                    .anyMatch(line -> line.contains("3 blocks with 0 logs"))
                    .anyMatch(line -> line.matches(" {2}block to delivery +p50 –, p99 –"));
        }
    }

    /** As the launcher starts it for the second time: from the one jar, with the archive that the first time wrote. */
    @Test
    void theFirstAlertIsDeliveredWithinFiveSecondsOfTheStart() throws Exception {
        String archive = "-XX:SharedArchiveFile=" + folder.resolve("demo.jsa");
        String[] options = {
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+AutoCreateSharedArchive", archive, "-Xlog:disable"
        };
        try (ChildProcess first = JavaProcess.jar(JarIT.jar(), options)
                .args("demo", "--for", "2s")
                .start()) {
            assertThat(first.awaitExit(PATIENCE)).isZero();
        }

        long began = System.nanoTime();
        try (ChildProcess second =
                JavaProcess.jar(JarIT.jar(), options).args("demo").start()) {
            second.awaitLine("[WARNING]", PATIENCE);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        }
    }
}
