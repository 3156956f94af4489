package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.stream.ChainReader.ToldLog;
import dev.tocsin.testsupport.Recordings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The bloom check against recorded real blocks. */
final class RecordedBlocksIT {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** A recorded block whose header has a bloom. */
    private record Recorded(Path file, Block block, List<ToldLog> logs) {}

    private static List<Recorded> recorded() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(Recordings.open().resolve("blocks"))) {
            files = listed.sorted().toList();
        }
        List<Recorded> blocks = new ArrayList<>();
        for (Path file : files) {
            JsonNode json = read(file);
            boolean whole = !json.at("/receipts/0/logs/0/transactionHash").isNull(); // some sources have none
            if (whole
                    && json.path("header").has("logsBloom")
                    && json.path("header").has("parentHash")) {
                Block block = BlockJson.block(json.path("header"));
                ArrayNode logs = JSON.createArrayNode();
                json.path("receipts").forEach(receipt -> receipt.path("logs").forEach(logs::add));
                blocks.add(new Recorded(
                        file, block, BlockJson.logs(logs, 1, block.header().timestamp())));
            }
        }
        assertThat(blocks).hasSizeGreaterThan(5);
        return blocks;
    }

    private static JsonNode read(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return JSON.readTree(in);
        }
    }

    @Test
    void theLogsOfRealBlocksMakeUpTheirBlooms() throws IOException {
        LogCheck check = new LogCheck(LogQuery.all(), true);

        for (Recorded recorded : recorded()) {
            assertThat(check.whatIsWrong(recorded.block(), recorded.logs()))
                    .as("%s", recorded.file())
                    .isNull();
        }
    }

    @Test
    void anAnswerThatIsShortByAnyLogButTheLastIsFoundOut() throws IOException {
        LogCheck check = new LogCheck(LogQuery.all(), true);

        for (Recorded recorded : recorded()) {
            int size = recorded.logs().size();
            for (int i = 0; i < size - 1; i += Math.max(1, size / 40)) {
                List<ToldLog> rest = new ArrayList<>(recorded.logs());
                rest.remove(i);
                assertThat(check.whatIsWrong(recorded.block(), rest))
                        .as("%s without log %d", recorded.file(), i)
                        .isNotNull();
            }
            if (size > 1) {
                assertThat(check.whatIsWrong(recorded.block(), List.of())).isNotNull();
            }
        }
    }

    @Test
    void noWantedLogIsHiddenByItsBloom() throws IOException {
        for (Recorded recorded : recorded()) {
            for (ToldLog told : recorded.logs()) {
                LogQuery query = LogQuery.address(told.log().address());
                assertThat(new LogCheck(query, true).mayHaveLogs(recorded.block()))
                        .isTrue();
            }
        }
    }
}
