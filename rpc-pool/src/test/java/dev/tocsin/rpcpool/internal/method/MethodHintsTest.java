package dev.tocsin.rpcpool.internal.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodHintsTest {

    private static final MethodHints HINTS = MethodHints.standard();

    @ParameterizedTest
    @CsvSource({
        "Geth/v1.12.2-stable-bed84606/linux-amd64/go1.20.7, eth_getBlockReceipts, true",
        "Geth/v1.13.0-stable-7371b381/linux-amd64/go1.21.0, eth_getBlockReceipts, false",
        "Geth/mine/v1.12.2-stable-bed84606/linux-amd64/go1.20.7, eth_getBlockReceipts, true",
        "Geth/v1.101511.1-stable/linux-amd64/go1.23.11, eth_getBlockReceipts, false",
        "Geth/v1.4.8-8b5e0b9d/linux-amd64/go1.21.12, eth_getBlockReceipts, false",
        "Geth, eth_getBlockReceipts, false",
        "Geth/v1.16.2-stable, trace_block, true",
        "Geth/v1.16.2-stable, debug_traceTransaction, false",
        "Geth/v1.16.2-stable, eth_call, false",
        "erigon/3.0.2/linux-amd64/go1.23, trace_block, false",
        "CoreGeth/v1.12.20-stable, trace_block, false",
        "besu/v25.4.1/linux-x86_64, eth_sendTransaction, true",
        "'', trace_block, false"
    })
    void clientsLackWhatTheirDocumentationDoesNotHave(String client, String method, boolean isLacking) {
        assertThat(HINTS.of("localhost", client).excludes(method)).isEqualTo(isLacking);
    }

    @Test
    void providersAreKnownByTheirHost() {
        assertThat(HINTS.of("mainnet.Infura.io", "").excludes("eth_coinbase")).isTrue();
        assertThat(HINTS.of("infura.io.example.org", "").excludes("eth_coinbase"))
                .isFalse();
    }

    @Test
    void rowsOfOnesOwnComeFirst() {
        MethodHints mine = HINTS.with("""
                # ours
                client:Geth\t1.16\t\tyes\ttrace_block\tour own build
                host:.example.org\t\t\tno\tdebug_*\tits pages
                """);

        assertThat(mine.of("localhost", "Geth/v1.16.2").excludes("trace_block")).isFalse();
        assertThat(mine.of("localhost", "Geth/v1.16.2").excludes("trace_filter"))
                .isTrue();
        assertThat(mine.of("localhost", "Geth/v1.15.2").excludes("trace_block")).isTrue();
        assertThat(mine.of("eth.example.org", "").excludes("debug_traceCall")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "geth:::no:trace_*:x | , column 1 (kind) must begin with client: or host:, was 'geth'",
                "client=:::no:trace_*:x | , column 1 (kind) must name a client or the end of a host, was 'client:'",
                "client=geth::no:trace_*:x | ' must have 6 columns with tabs between them (kind, since, before, offers, methods, source), had 5'",
                "client=geth:::maybe:trace_*:x | , column 4 (offers) must be yes or no, was 'maybe'",
                "client=geth:::no: :x | , column 5 (methods) must name a method, was ' '",
                "client=geth:one::no:trace_*:x | , column 2 (since) must be a version such as 1.13, or empty, was 'one'"
            })
    void ofALineThatIsNoRowTheWrongColumnIsTold(String line, String wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> HINTS.with("# first\n" + line.replace(':', '\t').replace('=', ':')))
                .withMessage("methodHints line 2" + wrong);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing yet"})
    void noRowAtAllIsRefused(String rows) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HINTS.with(rows))
                .withMessage("methodHints must have a row at least");
    }
}
