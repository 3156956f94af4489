package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.Keccak256;
import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.Contracts;
import dev.tocsin.testsupport.JavaProcess;
import dev.tocsin.testsupport.RecordedData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
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
        Path recording = RecordedData.open();
        Raw raw = new Raw();
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
        try (ChildProcess process = demo("--replay", recording.toString(), "--for", "30s")) {
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

    /** Counts over the raw text of the recordings; shares no code with the line, nor with the demo. */
    private static final class Raw {

        private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
        private static final String V2_SWAP = "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822";
        private static final String V3_SWAP = "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67";

        private long logs;
        private long transfers;
        private long swaps;
        private final Set<String> blocks = new HashSet<>();
        private final Map<String, Long> matches = new TreeMap<>();

        void read(Path file) throws IOException {
            try (BufferedReader reader = new BufferedReader(
                    new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
                if (file.toString().endsWith(".jsonl.gz")) {
                    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                        JsonNode log = JSON.readTree(line);
                        take(log.path("chainId").toString(), log);
                    }
                } else {
                    JsonNode block = JSON.readTree(reader);
                    blocks.add(block.path("chainId") + "-"
                            + Long.decode(block.path("header").path("number").asString()));
                    block.path("receipts")
                            .forEach(receipt -> receipt.path("logs")
                                    .forEach(log -> take(block.path("chainId").toString(), log)));
                }
            }
        }

        private void take(String chain, JsonNode log) {
            logs++;
            blocks.add(chain + "-" + Long.decode(log.path("blockNumber").asString()));
            JsonNode topics = log.path("topics");
            String topic0 = topics.path(0).asString("");
            int words = (log.path("data").asString().length() - 2) / 64;
            String address = log.path("address").asString();
            if (topics.size() != 3 || (log.path("data").asString().length() - 2) % 64 != 0) {
                return;
            }
            if (topic0.equals(TRANSFER) && words == 1) {
                transfers++;
                BigInteger value = word(log, 0);
                count("usdc", address.equals("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48") && atLeast(value, 250_000));
                count(
                        "usdc2",
                        address.equals("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48") && atLeast(value, 1_000_000));
                count(
                        "usdt",
                        address.equals("0xdac17f958d2ee523a2206206994597c13d831ec7") && atLeast(value, 1_000_000));
            } else if (topic0.equals(V2_SWAP) && words == 4) {
                swaps++;
                boolean here = address.equals("0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc");
                count("buy", here && atLeast(word(log, 0), 100_000));
                count("sale", here && atLeast(word(log, 2), 100_000));
            } else if (topic0.equals(V3_SWAP) && words == 5) {
                swaps++;
                boolean here = address.equals("0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640");
                BigInteger amount = word(log, 0);
                BigInteger signed = amount.testBit(255) ? amount.subtract(BigInteger.ONE.shiftLeft(256)) : amount;
                count("v3", here && atLeast(signed.abs(), 500_000));
            }
        }

        private void count(String rule, boolean matched) {
            if (matched) {
                matches.merge(rule, 1L, Long::sum);
            }
        }

        private static boolean atLeast(BigInteger raw, long dollars) {
            return raw.compareTo(BigInteger.valueOf(dollars).multiply(BigInteger.valueOf(1_000_000))) >= 0;
        }

        private static BigInteger word(JsonNode log, int index) {
            return new BigInteger(log.path("data").asString().substring(2 + 64 * index, 66 + 64 * index), 16);
        }
    }
}
