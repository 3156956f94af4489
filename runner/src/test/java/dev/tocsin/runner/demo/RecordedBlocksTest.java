package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.testsupport.Recordings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class RecordedBlocksTest {

    private static final String LINE =
            "{\"chainId\":5,\"blockNumber\":\"0x9\",\"transactionHash\":\"0x" + "1".repeat(64)
                    + "\",\"transactionIndex\":\"0x0\",\"logIndex\":\"0x2\",\"address\":\"0x" + "2".repeat(40)
                    + "\",\"topics\":[],\"data\":\"0x123456\"}";

    @TempDir
    private Path folder;

    @Test
    void everythingRecordedIsThere() {
        RecordedBlocks recorded = RecordedBlocks.read(Recordings.open());

        assertThat(recorded.blocks()).isEqualTo(3_830);
        assertThat(recorded.logs()).isEqualTo(35_625);
    }

    @Test
    void everyLogIsPlayedOnceToTheLetterInTheOrderOfItsBlock() throws Exception {
        Map<String, List<RawLog>> raw = rawLogs();

        List<Draft> played = play(RecordedBlocks.read(Recordings.open()));

        int logs = 0;
        Set<String> transactions = new HashSet<>();
        for (Draft block : played) {
            List<RawLog> expected = raw.remove(block.extraData());
            List<RawLog> actual = new ArrayList<>();
            for (Draft.Transaction transaction : block.transactions()) {
                assertThat(transactions.add(transaction.hash())).isTrue();
                for (Draft.Log log : transaction.logs()) {
                    String hash =
                            expected != null && expected.get(actual.size()).transaction() == null
                                    ? null
                                    : transaction.hash();
                    actual.add(new RawLog(
                            expected == null ? 0 : expected.get(actual.size()).index(),
                            hash,
                            log.address(),
                            log.topics(),
                            log.data()));
                }
            }
            assertThat(actual).as(block.extraData()).isEqualTo(expected == null ? List.of() : expected);
            logs += actual.size();
        }
        assertThat(raw).isEmpty();
        assertThat(logs).isEqualTo(35_625);
        assertThat(played).hasSize(3_830);
    }

    @Test
    void theOrderIsTheSameEachTimeAndWholeBlocksComeFirst() {
        List<String> first = play(RecordedBlocks.read(Recordings.open())).stream()
                .map(Draft::extraData)
                .toList();
        List<String> second = play(RecordedBlocks.read(Recordings.open())).stream()
                .map(Draft::extraData)
                .toList();

        assertThat(second).isEqualTo(first);
        assertThat(first.subList(0, 24))
                .startsWith("1-4306306", "1-4662649")
                .endsWith("1-22869878", "421614-185232421");
    }

    @Test
    void logsOfOneBlockInSeveralFilesAreOneBlockInTheOrderOfTheirIndexes() throws Exception {
        write(
                "b.jsonl.gz",
                LINE + "\n" + LINE.replace("0x0\"", "0x1\"").replace("11", "33").replace("\"0x2\"", "\"0x3\""));
        write("deep/a.jsonl.gz", LINE.replace("\"0x2\"", "\"0x1\"").replace("0x123456", "0x77"));

        List<Draft> played = play(RecordedBlocks.read(folder));

        assertThat(played).hasSize(1);
        assertThat(played.getFirst().extraData()).isEqualTo("5-9");
        assertThat(played.getFirst().transactions()).hasSize(2);
        assertThat(played.getFirst().transactions().getFirst().logs())
                .extracting(Draft.Log::data)
                .containsExactly("0x77", "0x123456");
    }

    @Test
    void transactionsWithoutAHashGetDifferentOnes() throws Exception {
        String bare = LINE.replace("\"0x" + "1".repeat(64) + "\"", "null");
        write(
                "a.jsonl.gz",
                bare + "\n" + bare.replace("Index\":\"0x0\"", "Index\":\"0x1\"").replace("\"0x2\"", "\"0x3\""));

        List<Draft.Transaction> transactions =
                play(RecordedBlocks.read(folder)).getFirst().transactions();

        assertThat(transactions).hasSize(2);
        assertThat(transactions)
                .extracting(Draft.Transaction::hash)
                .doesNotHaveDuplicates()
                .allMatch(hash -> Hex.isData(hash, 32));
    }

    @Test
    void aMissingOrEmptyDirectoryIsOneSentence() throws Exception {
        Path missing = folder.resolve("missing");

        assertThatThrownBy(() -> RecordedBlocks.read(missing))
                .isInstanceOf(RecordingException.class)
                .hasMessage(missing + " does not exist; expected a folder with recorded blocks, *.json.gz or *.jsonl.gz"
                        + " at any depth");
        Files.writeString(folder.resolve("README.md"), "nothing");
        assertThatThrownBy(() -> RecordedBlocks.read(folder))
                .isInstanceOf(RecordingException.class)
                .hasMessage(folder + " holds no recorded blocks; expected *.json.gz or *.jsonl.gz files at any depth");
    }

    @ParameterizedTest(name = "{0} instead of {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"chainId\":\"x\"|\"chainId\":5|chainId is \"x\", not a whole number",
                "\"chain\":5|\"chainId\":5|chainId is missing, not a whole number",
                "\"0xz\"|\"0x9\"|blockNumber is \"0xz\", not a hex quantity",
                "\"address\":\"0x2\"|\"address\":\"0x2222222222222222222222222222222222222222\"|address is \"0x2\", not 20 bytes as hex",
                "\"topics\":[null]|\"topics\":[]|topics is null, not 32 bytes as hex",
                "\"topics\":7|\"topics\":[]|topics is 7, not an array",
                "\"0x123\"|\"0x123456\"|data is \"0x123\", not whole bytes as hex"
            })
    void aWrongValueIsOneSentenceThatNamesTheFileTheLineAndTheField(String wrong, String right, String why)
            throws Exception {
        Path file = write("a.jsonl.gz", LINE + "\n" + LINE.replace(right, wrong));

        assertThatThrownBy(() -> RecordedBlocks.read(folder))
                .isInstanceOf(RecordingException.class)
                .hasMessage(file + " cannot be read in line 2: " + why + "; expected gzip-compressed lines, each a JSON"
                        + " object with chainId, blockNumber, transactionHash, transactionIndex, logIndex, address,"
                        + " topics and data");
    }

    @Test
    void aFileThatIsNotGzipOrNotJsonOrCutOffIsOneSentence() throws Exception {
        Path plain = Files.writeString(folder.resolve("a.jsonl.gz"), LINE);
        assertThatThrownBy(() -> RecordedBlocks.read(folder))
                .hasMessageStartingWith(plain + " cannot be read in line 1: it is not gzip-compressed or damaged;");
        Files.delete(plain);

        Path text = write("b.json.gz", "hello");
        assertThatThrownBy(() -> RecordedBlocks.read(folder))
                .isInstanceOf(RecordingException.class)
                .hasMessageStartingWith(text + " cannot be read: Unrecognized token 'hello'")
                .hasMessageEndingWith(
                        "; expected a gzip-compressed JSON object with chainId, header.number and receipts with their logs");
        Files.delete(text);

        Path whole = Recordings.open().resolve("blocks/1-17034870.json.gz");
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("c.json.gz"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> RecordedBlocks.read(folder))
                .isInstanceOf(RecordingException.class)
                .hasMessageStartingWith(cut + " cannot be read: it ends too early;");
        Files.delete(cut);

        Path empty = write("d.json.gz", "{}");
        assertThatThrownBy(() -> RecordedBlocks.read(folder))
                .hasMessageStartingWith(empty + " cannot be read: chainId is missing, not a whole number;");
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static List<Draft> play(RecordedBlocks recorded) {
        List<Draft> played = new ArrayList<>();
        for (var step = recorded.next(); step.isPresent(); step = recorded.next()) {
            played.add(((BlockSource.Step.Append) step.get()).block());
        }
        return played;
    }

    private record RawLog(long index, String transaction, String address, List<String> topics, String data) {}

    /** The logs of the recordings by {@code chainId-number}, read again and without our reader. */
    private static Map<String, List<RawLog>> rawLogs() throws IOException {
        Map<String, List<RawLog>> raw = new HashMap<>();
        try (Stream<Path> files = Files.walk(Recordings.open())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
                    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                        JsonNode node = NodeJson.JSON.readTree(line);
                        if (!node.has("receipts")) {
                            add(raw, node, node, node);
                        }
                        for (JsonNode receipt : node.path("receipts")) {
                            for (JsonNode log : receipt.get("logs")) {
                                add(raw, node, receipt, log);
                            }
                        }
                    }
                }
            }
        }
        raw.values().forEach(logs -> logs.sort(Comparator.comparingLong(RawLog::index)));
        return raw;
    }

    private static void add(Map<String, List<RawLog>> raw, JsonNode block, JsonNode receipt, JsonNode log) {
        List<String> topics = new ArrayList<>();
        log.get("topics").forEach(topic -> topics.add(topic.asString()));
        JsonNode transaction = receipt.get("transactionHash");
        raw.computeIfAbsent(
                        block.get("chainId").asLong() + "-"
                                + Hex.number(log.get("blockNumber").asString()),
                        any -> new ArrayList<>())
                .add(new RawLog(
                        Hex.number(log.get("logIndex").asString()),
                        transaction.isNull() ? null : transaction.asString(),
                        log.get("address").asString(),
                        topics,
                        log.get("data").asString()));
    }
}
