package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.testsupport.Recordings;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The form of our headers, held against real ones. */
class RecordedHeadersTest {

    @Test
    void hashOfARealShanghaiHeaderIsRecomputed() throws Exception {
        JsonNode header =
                read(Recordings.open().resolve("blocks/1-17034870.json.gz")).get("header");

        assertThat(header(header).hash())
                .isEqualTo("0xe22c56f211f03baadcc91e4eb9a24344e6848c5df4473988f893b58223f5216c");
    }

    @Test
    void hashesOfAllRecordedHeadersOfEveryForkAreRecomputed() throws Exception {
        List<String> checked = new ArrayList<>();
        for (JsonNode block : recordedBlocks()) {
            JsonNode header = block.get("header");
            if (header.has("stateRoot") && header.hasNonNull("nonce")) {
                assertThat(header(header).hash()).as(header.toString()).isEqualTo(text(header, "hash"));
                checked.add(text(header, "number"));
            }
        }

        assertThat(checked).hasSize(17);
    }

    @Test
    void bloomsOfAllRecordedBlocksAreRecomputed() throws Exception {
        int checked = 0;
        for (JsonNode block : recordedBlocks()) {
            String recorded = block.get("header").path("logsBloom").asString("");
            if (!recorded.isEmpty()) {
                List<DemoLog> logs = new ArrayList<>();
                for (JsonNode receipt : block.get("receipts")) {
                    for (JsonNode log : receipt.get("logs")) {
                        List<String> topics = new ArrayList<>();
                        log.get("topics").forEach(topic -> topics.add(topic.asString()));
                        logs.add(new DemoLog(text(log, "address"), topics, "0x", "0x", 0, 0));
                    }
                }
                assertThat(LogsBloom.of(logs).hex()).isEqualTo(recorded);
                checked++;
            }
        }

        assertThat(checked).isEqualTo(19);
    }

    private static List<JsonNode> recordedBlocks() throws Exception {
        List<JsonNode> blocks = new ArrayList<>();
        try (Stream<Path> files = Files.list(Recordings.open().resolve("blocks"))) {
            for (Path file : files.sorted().toList()) {
                blocks.add(read(file));
            }
        }
        return blocks;
    }

    private static JsonNode read(Path file) throws Exception {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return NodeJson.JSON.readTree(in);
        }
    }

    static DemoHeader header(JsonNode node) {
        return new DemoHeader(
                text(node, "parentHash"),
                text(node, "sha3Uncles"),
                text(node, "miner"),
                text(node, "stateRoot"),
                text(node, "transactionsRoot"),
                text(node, "receiptsRoot"),
                text(node, "logsBloom"),
                new BigInteger(text(node, "difficulty").substring(2), 16),
                Hex.number(text(node, "number")),
                Hex.number(text(node, "gasLimit")),
                Hex.number(text(node, "gasUsed")),
                Hex.number(text(node, "timestamp")),
                text(node, "extraData"),
                text(node, "mixHash"),
                text(node, "nonce"),
                number(node, "baseFeePerGas"),
                optional(node, "withdrawalsRoot"),
                number(node, "blobGasUsed"),
                number(node, "excessBlobGas"),
                optional(node, "parentBeaconBlockRoot"),
                optional(node, "requestsHash"));
    }

    private static String text(JsonNode node, String field) {
        return node.get(field).asString();
    }

    private static @Nullable String optional(JsonNode node, String field) {
        return node.hasNonNull(field) ? text(node, field) : null;
    }

    private static @Nullable BigInteger number(JsonNode node, String field) {
        return node.hasNonNull(field) ? new BigInteger(text(node, field).substring(2), 16) : null;
    }
}
