package dev.tocsin.filters;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The recorded logs of real chains, read where they lie. */
final class RecordedLogs {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RecordedLogs() {}

    /** All of them; skips the test, or fails it in CI, if they are not on this machine. */
    static List<Log> all() {
        Path folder = folder();
        if (!Files.isDirectory(folder.resolve("blocks"))) {
            String sentence = "recorded chain data is not at "
                    + folder.toAbsolutePath().normalize() + "; set TOCSIN_DATA to the folder with blocks/ and logs/";
            if (Boolean.getBoolean("tocsin.ci")) {
                fail(sentence);
            }
            abort(sentence);
        }
        List<Log> logs = new ArrayList<>();
        files(folder.resolve("blocks")).forEach(file -> readBlock(file, logs));
        files(folder.resolve("logs")).forEach(file -> readLines(file, logs));
        return logs;
    }

    private static Path folder() {
        String named = System.getProperty("TOCSIN_DATA", System.getenv("TOCSIN_DATA"));
        return named == null ? Path.of("..", "..", "shared", "data", "open") : Path.of(named);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readBlock(Path file, List<Log> logs) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            JsonNode block = JSON.readTree(in);
            String time = block.path("header").path("timestamp").asString("0x0");
            for (JsonNode receipt : block.get("receipts")) {
                for (JsonNode log : receipt.get("logs")) {
                    logs.add(log(block.get("chainId").asLong(), log, time));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readLines(Path file, List<Log> logs) {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode log = JSON.readTree(line);
                logs.add(log(
                        log.get("chainId").asLong(),
                        log,
                        log.path("blockTimestamp").asString("0x0")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Log log(long chainId, JsonNode log, String time) {
        List<String> topics = new ArrayList<>();
        log.get("topics").forEach(topic -> topics.add(topic.asString()));
        return new Log(
                chainId,
                Long.decode(log.get("blockNumber").asString()),
                log.path("blockHash").asString("0x"),
                Instant.ofEpochSecond(Long.decode(time)),
                log.path("transactionHash").asString("0x"),
                Integer.decode(log.get("logIndex").asString()),
                log.get("address").asString(),
                topics,
                log.get("data").asString());
    }
}
