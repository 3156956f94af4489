package dev.tocsin.rpcpool.internal.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read out of refusals: out of every row of the table that can hold a number, and out of what providers say in full. */
class HintTest {

    private static final long FROM = 0x1000000;
    private static final long TO = FROM + 99_999;
    private static final Set<ErrorClass> SPLIT = EnumSet.of(
            ErrorClass.RANGE_TOO_LARGE,
            ErrorClass.RESULT_TOO_LARGE,
            ErrorClass.ADDRESSES_TOO_LARGE,
            ErrorClass.EXEC_TIMEOUT);

    private record Row(ErrorClass errorClass, String message) {}

    private static Hint hint(ErrorClass error, String message, String data) {
        LogsFilter asked = LogsFilter.of(RandomLogs.all(FROM, TO));
        return Hint.of(new CallOutcome.Rejected(-32000, message, data, "n", error), asked, 2000);
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        try (InputStream table = HintTest.class.getResourceAsStream("/dev/tocsin/rpcpool/error/errors.tsv")) {
            for (String line : new String(table.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] cells = line.split("\t", -1);
                if (cells.length == 6
                        && SPLIT.stream().anyMatch(one -> one.name().equals(cells[5]))) {
                    rows.add(new Row(ErrorClass.valueOf(cells[5]), cells[4]));
                }
            }
        }
        return rows;
    }

    /** What a row says, told by its placeholders. */
    private static Hint expected(Row row) {
        String text = row.message().toLowerCase(Locale.ROOT);
        boolean isOther = text.contains("seconds") || text.contains("bytes") || text.contains("<d>");
        boolean hasNumber = text.contains("<n>") && !isOther;
        boolean hasRange = text.contains("range [0x<a>") || text.contains("range <a>-<b>") || text.contains("[0x<a>");
        if (row.errorClass() == ErrorClass.RANGE_TOO_LARGE) {
            long blocks = hasRange
                    ? 3000
                    : text.contains("10k blocks") ? 10_000 : hasNumber || text.contains("> <b>") ? 5000 : 0;
            return new Hint(blocks, 0, 0);
        }
        boolean isOfBlocks = text.contains("<n> block");
        return new Hint(hasRange ? 3000 : 0, hasNumber && !isOfBlocks ? 5000 : 0, 0);
    }

    @Test
    void everyRowOfTheTableSaysWhatItCan() throws IOException {
        Map<String, Hint> wrong = new TreeMap<>();
        int said = 0;
        for (Row row : rows()) {
            String message = row.message()
                    .replaceAll("(?i)0x<a>", "0x" + Long.toHexString(FROM))
                    .replaceAll("(?i)0x<b>", "0x" + Long.toHexString(FROM + 2999))
                    .replace("<a>-<b>", FROM + "-" + (FROM + 2999))
                    .replace("<a> > <b>", "99999 > 5000")
                    .replace("<n>", "5000")
                    .replace("<d>", "5s");
            for (String dressed :
                    List.of(message, message.toUpperCase(Locale.ROOT), "[node-7] " + message + " (id: 77)")) {
                Hint hint = hint(row.errorClass(), dressed, null);
                boolean isNumberOfItsOwn =
                        dressed.contains("(id: 77)") && !expected(row).isKnown(); // nothing else to believe
                if (!hint.equals(expected(row)) && !isNumberOfItsOwn) {
                    wrong.put(dressed, hint);
                }
                said += hint.isKnown() ? 1 : 0;
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(said).isGreaterThanOrEqualTo(3 * 25);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            eth_getLogs and eth_newFilter are limited to a 10,000 blocks range | 10000
            You can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range should work: [0x1000000, 0x1000009] | 10
            block range is too wide, the limit is 0 - 2000 | 2000
            a range of 0 - 2000 blocks is allowed | 2000
            exceed maximum block range: 50000 | 50000
            maximum [1000] blocks distance | 1000
            requested too many blocks from 16777216 to 16877215, maximum is set to 2048 | 2048
            ranges over 10000 blocks are not supported on freetier | 10000
            requested range 16777216-16877215 (100000 blocks) exceeds 500 | 500
            query exceeds the range allowed for your plan (99999 > 1000), took 3000 ms | 1000
            block range too large, at most 2k | 2000
            range too large, see 0x12ab, code -32005, ref 8f3a | 0
            block range exceeds 200000 | 0
            """)
    void aRangeIsReadHoweverItIsSaid(String message, long blocks) {
        assertThat(hint(ErrorClass.RANGE_TOO_LARGE, message, null)).isEqualTo(new Hint(blocks, 0, 0));
    }

    @Test
    void bothNumbersOfAResultTooLargeAreRead() {
        assertThat(hint(
                        ErrorClass.RESULT_TOO_LARGE,
                        "query returned more than 10000 results",
                        "{\"from\":\"0x1000000\",\"limit\":10000,\"to\":\"0x10003e7\"}"))
                .isEqualTo(new Hint(1000, 10_000, 0));
        assertThat(hint(
                        ErrorClass.RESULT_TOO_LARGE,
                        "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit"
                                + " on the response size, or you can request any block range with a cap of 10K logs in the response",
                        null))
                .isEqualTo(new Hint(2000, 10_000, 0));
        assertThat(hint(ErrorClass.RESULT_TOO_LARGE, "Response is too big", "Exceeded max limit of 167772160"))
                .isEqualTo(new Hint(0, 0, 0));
        assertThat(hint(ErrorClass.RESULT_TOO_LARGE, "408 Request Timed Out", null)
                        .isKnown())
                .isFalse();
    }

    @Test
    void howManyAddressesMayBeAskedForIsRead() {
        assertThat(hint(
                        ErrorClass.ADDRESSES_TOO_LARGE,
                        "exceed max addresses or topics per search position, max 1000",
                        null))
                .isEqualTo(new Hint(0, 0, 1000));
        assertThat(hint(ErrorClass.ADDRESSES_TOO_LARGE, "specify less number of address", null)
                        .isKnown())
                .isFalse();
    }

    @Test
    void aFilterByTagsTeachesNothingAboutBlocks() {
        LogsFilter tags =
                LogsFilter.of(RpcCall.of("eth_getLogs", Map.of("fromBlock", "earliest", "toBlock", "latest")));
        CallOutcome.Rejected refusal =
                new CallOutcome.Rejected(-32000, "limited to 1000 blocks", null, "n", ErrorClass.RANGE_TOO_LARGE);

        assertThat(Hint.of(refusal, tags, 0).isKnown()).isFalse();
    }
}
