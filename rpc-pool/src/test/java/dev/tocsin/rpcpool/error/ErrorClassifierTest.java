package dev.tocsin.rpcpool.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorClassifierTest {

    private static final ErrorClassifier STANDARD = ErrorClassifier.standard();

    private static ErrorClass classOf(int code, String message) {
        return STANDARD.classify(RpcError.of(code, message)).errorClass();
    }

    private static RpcError error(String provider, String method, int code, String message) {
        return new RpcError(provider, null, method, OptionalInt.empty(), OptionalInt.of(code), message, null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-32000 | execution reverted: rate limit exceeded | EXECUTION_REVERTED",
                "-32603 | rpc error: code = Unknown desc = execution reverted: method not supported | EXECUTION_REVERTED",
                "3      | execution reverted: header not found | EXECUTION_REVERTED",
                "-32015 | VM execution error. | EXECUTION_REVERTED",
                "3      | anything that nobody has heard | EXECUTION_REVERTED"
            })
    void whatAContractSaysAfterARevertIsNeverLookedAt(int code, String message, ErrorClass expected) {
        assertThat(classOf(code, message)).isEqualTo(expected);
    }

    @Test
    void revertDataMeansARevertWhateverTheTextSays() {
        RpcError error = new RpcError(
                null,
                null,
                "eth_call",
                OptionalInt.of(200),
                OptionalInt.of(-32000),
                "too many requests",
                "0x08c379a0" + "00".repeat(64));

        assertThat(STANDARD.classify(error).errorClass()).isEqualTo(ErrorClass.EXECUTION_REVERTED);
    }

    @Test
    void theMethodTellsALimitFromASwitchedOffMethod() {
        assertThat(STANDARD.classify(error("bsc", "eth_getLogs", -32005, "limit exceeded"))
                        .errorClass())
                .isEqualTo(ErrorClass.METHOD_UNSUPPORTED);
        assertThat(STANDARD.classify(error("infura", "eth_call", -32005, "limit exceeded"))
                        .errorClass())
                .isEqualTo(ErrorClass.RATE_LIMITED);
    }

    /** Of whatever provider: only "limit exceeded" with nothing else is BNB Smart Chain's way to say that it offers no logs. */
    @ParameterizedTest
    @CsvSource({
        "-32005, rate limit exceeded, RATE_LIMITED",
        "-32005, request rate limit exceeded, RATE_LIMITED",
        "-32000, request rate limit exceeded, RATE_LIMITED",
        "-32000, request exceeds rate limit, RATE_LIMITED",
        "-32005, your app exceeds its rate limit, RATE_LIMITED",
        "-32000, exceeds the allowed requests per second limit, RATE_LIMITED",
        "-32005, compute unit limit exceeded, RATE_LIMITED",
        "-32005, eth_getLogs exceeds your rate limit, RATE_LIMITED",
        "-32000, eth_getLogs rate limited, RATE_LIMITED",
        "-32005, daily limit exceeded, QUOTA_EXHAUSTED",
        "429, this exceeds your daily request limit, QUOTA_EXHAUSTED",
        "-32005, connection limit exceeded, WS_LIMIT",
        "-32000, Block range limit exceeded., RANGE_TOO_LARGE",
        "-32602, Block range limit exceeded. See more details at https://docs.chainstack.com/docs/limits#evm-range-limits, RANGE_TOO_LARGE",
        "-32614, eth_getLogs is limited to a 10 range, RANGE_TOO_LARGE",
        "-32005, limit exceeded for number of blocks, RANGE_TOO_LARGE",
        "-32005, logs limit exceeded, RESULT_TOO_LARGE",
        "-32005, logs matched by query exceeds limit of 10000, RESULT_TOO_LARGE",
        "-32000, result size limit exceeded, RESULT_TOO_LARGE"
    })
    void whatALimitOnLogsLimitsIsRead(int code, String message, ErrorClass expected) {
        for (String provider : List.of("a-stranger", "mainnet.infura.io", "x.quiknode.pro", "nd-1.p2pify.com")) {
            assertThat(STANDARD.classify(error(provider, "eth_getLogs", code, message))
                            .errorClass())
                    .as(provider)
                    .isEqualTo(expected);
        }
    }

    @Test
    void theMethodTellsASlowQueryFromASlowNode() {
        assertThat(STANDARD.classify(error("geth", "eth_getLogs", -32002, "request timed out"))
                        .errorClass())
                .isEqualTo(ErrorClass.RESULT_TOO_LARGE);
        assertThat(STANDARD.classify(error("geth", "eth_call", -32002, "request timed out"))
                        .errorClass())
                .isEqualTo(ErrorClass.NODE_TIMEOUT);
    }

    @Test
    void theProviderTellsWhatTheSameWordsMean() {
        assertThat(STANDARD.classify(error("flashbots", "eth_sendPrivateTransaction", -32603, "internal error"))
                        .errorClass())
                .isEqualTo(ErrorClass.RELAY_UNKNOWN_STATE);
        assertThat(STANDARD.classify(error("besu", "eth_call", -32603, "Internal error"))
                        .errorClass())
                .isEqualTo(ErrorClass.NODE_ERROR);
    }

    @Test
    void aClientsVersionNamesTheClient() {
        RpcError error = new RpcError(
                null, "Nethermind/v1.31.0+2b4a/linux-x64", null, OptionalInt.empty(), OptionalInt.of(-32017), "", null);

        assertThat(STANDARD.classify(error).errorClass()).isEqualTo(ErrorClass.NODE_OVERLOADED);
    }

    @ParameterizedTest
    @CsvSource({
        "401, UNAUTHORIZED",
        "402, QUOTA_EXHAUSTED",
        "413, REQUEST_TOO_LARGE",
        "429, RATE_LIMITED",
        "503, NODE_ERROR",
        "504, NODE_TIMEOUT"
    })
    void aStatusDecidesWhereTheTextSaysNothing(int status, ErrorClass expected) {
        RpcError error = new RpcError(null, null, null, OptionalInt.of(status), OptionalInt.empty(), "", null);

        assertThat(STANDARD.classify(error).errorClass()).isEqualTo(expected);
    }

    @Test
    void aStatusThatIsOnlyInTheTextIsRead() {
        RpcError error =
                new RpcError(null, null, null, OptionalInt.empty(), OptionalInt.empty(), "429 Zu viele Anfragen", null);

        assertThat(STANDARD.classify(error).errorClass()).isEqualTo(ErrorClass.RATE_LIMITED);
    }

    @Test
    void whatNobodyKnowsIsTheNodesErrorAndSaidToBeUnknown() {
        RpcError error = new RpcError(null, null, null, OptionalInt.empty(), OptionalInt.empty(), "blorp", null);

        assertThat(STANDARD.classify(error)).isEqualTo(new Classification(ErrorClass.NODE_ERROR, "", false));
    }

    @ParameterizedTest
    @ValueSource(ints = {-32000, -32010, -32603, -32098})
    void aCodeThatSaysNothingMakesNoTextKnown(int code) {
        Classification found = STANDARD.classify(RpcError.of(code, "quux zork"));

        assertThat(found.errorClass()).isEqualTo(ErrorClass.NODE_ERROR);
        assertThat(found.isKnown()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit code: 3", "status code: 200", "error code: 7", "vm exit code 3", "code: 1015"})
    void aNumberMeansWhatItsProviderSaysAndNothingElsewhere(String message) {
        assertThat(STANDARD.classify(RpcError.of(-32000, message)).errorClass()).isEqualTo(ErrorClass.NODE_ERROR);
        assertThat(STANDARD.classify(error("eth.llamarpc.com", "eth_call", -32000, "code: 1015"))
                        .errorClass())
                .isEqualTo(ErrorClass.RATE_LIMITED);
    }

    @Test
    void aCodeThatTheUserHasARowForIsKnown() throws IOException {
        ErrorClassifier mine = STANDARD.with(new StringReader("acme\t\t-32000\t\t\tNODE_ERROR"), "my-errors.tsv");

        assertThat(mine.classify(error("acme", "eth_call", -32000, "quux zork")).isKnown())
                .isTrue();
    }

    @Test
    void rowsOfTheUserComeBeforeAllOthers() throws IOException {
        ErrorClassifier mine = STANDARD.with(new StringReader("""
                        # our own provider
                        acme\t\t\t\talready known\tRATE_LIMITED
                        \t\t\t\tcoffee break <n> minutes\tNODE_OVERLOADED
                        """), "my-errors.tsv");

        assertThat(mine.classify(error("acme", "eth_call", -32000, "already known"))
                        .errorClass())
                .isEqualTo(ErrorClass.RATE_LIMITED);
        assertThat(mine.classify(error("acme", "eth_call", -32000, "Coffee break: 5 minutes"))
                        .errorClass())
                .isEqualTo(ErrorClass.NODE_OVERLOADED);
        assertThat(classOf(-32000, "already known")).isEqualTo(ErrorClass.ALREADY_KNOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a,b,c | my.tsv line 1: expected 6 columns with tabs between them",
                "\"x\t\t\t\tsome text\tNO_CLASS\" | my.tsv line 1: unknown class NO_CLASS, expected one of RANGE_TOO_LARGE",
                "\"x\tmany\t\t\tsome text\tNODE_ERROR\" | my.tsv line 1: http_status: expected a whole number, found many",
                "\"x\t\t1..y\t\tsome text\tNODE_ERROR\" | my.tsv line 1: jsonrpc_code: expected a whole number, found y",
                "\"x\t\t\t\t\tNODE_ERROR\" | my.tsv line 1: expected at least one of http_status, jsonrpc_code and message",
                "\"x\t\t\t\tthe (of|in) text\tNODE_ERROR\" | my.tsv line 1: in (of|in) expected single words that are no fillers, found of"
            })
    void aRowThatCannotBeReadIsNamed(String row, String message) {
        assertThatThrownBy(() -> STANDARD.with(new StringReader(row), "my.tsv"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void aBodyOfAnyLengthAndKindIsAnswered() {
        assertThat(classOf(-32000, "x".repeat(1_000_000))).isEqualTo(ErrorClass.NODE_ERROR);
        assertThat(classOf(-32000, "<!DOCTYPE html><html><body>" + "nonce ".repeat(100_000)))
                .isEqualTo(ErrorClass.PROTOCOL_ERROR);
        assertThat(classOf(-32000, "блок не найден")).isEqualTo(ErrorClass.NODE_ERROR);
    }
}
