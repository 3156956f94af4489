package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassifyCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int classify(String input, String... args) {
        return new CommandLine(new ClassifyCommand(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    private List<String> said() {
        return out.toString().lines().toList();
    }

    @Test
    void explainsOneError() {
        assertThat(classify(
                        "",
                        "--code",
                        "-32005",
                        "--provider",
                        "infura",
                        "query returned more than 10000 results. Try with this block range [0x1A, 0x2B]."))
                .isZero();

        assertThat(said().getFirst()).isEqualTo("RESULT_TOO_LARGE  split");
        assertThat(said().get(1)).isEqualTo("The pool asks the same node for less at a time, and remembers its limit.");
        assertThat(said().get(2)).startsWith("Known by: infura -32005 query returned more than <n> results");
    }

    @Test
    void saysThatItDoesNotKnow() {
        classify("", "blorp");

        assertThat(said().getFirst()).isEqualTo("NODE_ERROR  fail-over");
        assertThat(said().getLast()).startsWith("Nothing in the table fits it");
    }

    @Test
    void eachLineOfTheInputIsAnsweredByALine() {
        classify("""
                geth\t200\t-32000\teth_sendRawTransaction\talready known
                bsc\t\t-32005\teth_getLogs\tlimit exceeded
                \t429\t\t\t

                nonce too low
                somebody\t\t3\teth_call\texecution reverted: rate limit\twith a tab
                """);

        assertThat(said())
                .containsExactly(
                        "ALREADY_KNOWN\tsuccess",
                        "METHOD_UNSUPPORTED\tban-method",
                        "RATE_LIMITED\tcool-down",
                        "NODE_ERROR\tfail-over",
                        "NONCE_TOO_LOW\tverify",
                        "EXECUTION_REVERTED\tfail");
    }

    @Test
    void anOptionAloneIsExplained() {
        classify("nonce too low\n", "--http-status", "429");

        assertThat(said().getFirst()).isEqualTo("RATE_LIMITED  cool-down");
    }

    @Test
    void aNumberThatIsNoneIsLeftOutWithAWord() {
        classify("infura\t429 or so\tx\t\trate limit\n");

        assertThat(said()).containsExactly("RATE_LIMITED\tcool-down");
        assertThat(err.toString().lines())
                .containsExactly(
                        "line 1: http_status is left out: expected a whole number, found 429 or so",
                        "line 1: jsonrpc_code is left out: expected a whole number, found x");
    }

    @Test
    void rowsOfTheUserComeFirst(@TempDir Path folder) throws Exception {
        Path rules = Files.writeString(folder.resolve("mine.tsv"), "acme\t\t\t\tcoffee break\tNODE_OVERLOADED\n");

        classify("acme\t\t\t\tCoffee break!\n", "--rules", rules.toString());

        assertThat(said()).containsExactly("NODE_OVERLOADED\tcool-down");
    }

    @Test
    void rulesThatCannotBeReadAreTheUsersMistake(@TempDir Path folder) throws Exception {
        Path rules = Files.writeString(folder.resolve("mine.tsv"), "acme coffee break\n");

        assertThat(classify("", "--rules", rules.toString(), "x")).isEqualTo(2);
        assertThat(classify("", "--rules", folder.resolve("none.tsv").toString(), "x"))
                .isEqualTo(2);

        assertThat(err.toString())
                .contains("--rules: " + rules + " line 1: expected 6 columns")
                .contains("--rules: " + folder.resolve("none.tsv") + " does not exist");
    }
}
