package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
        assertThat(said().get(2))
                .startsWith(
                        "Known by: provider infura, jsonrpc_code -32005, message \"query returned more than <n> results")
                .endsWith("\", class RESULT_TOO_LARGE");
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

    @Test
    void rulesThatAreNoFileOfTextAreSaidInOneLine(@TempDir Path folder) throws Exception {
        Path latin = Files.write(folder.resolve("latin.tsv"), new byte[] {'c', 'a', 'f', (byte) 0xe9, '\n'});
        Path below = latin.resolve("mine.tsv"); // below a file: the system refuses to open it

        assertThat(main("rpc", "classify", "--rules", folder.toString(), "x")).isEqualTo(2);
        assertThat(main("rpc", "classify", "--rules", latin.toString(), "x")).isEqualTo(2);
        assertThat(main("rpc", "classify", "--rules", below.toString(), "x")).isEqualTo(2);

        assertThat(err.toString().lines())
                .filteredOn(line -> !line.startsWith("Try: "))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("--rules: " + folder + " is a folder"),
                        line -> assertThat(line).isEqualTo("--rules: " + latin + " is not UTF-8"),
                        line -> assertThat(line).startsWith("--rules: " + below + " cannot be read: "));
    }

    private int main(String... args) {
        return Main.commandLine(Shutdown.manual())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void endsWhenNobodyReadsItsAnswers() {
        InputStream endless = new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return true;
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream("nonce too low\n".getBytes(StandardCharsets.UTF_8));
            }
        });

        int code = new CommandLine(new ClassifyCommand(endless))
                .setOut(new PrintWriter(
                        new PrintStream(new Full(), false, StandardCharsets.UTF_8), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true))
                .execute();

        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly("the answers cannot be written: standard output is closed or full");
    }

    @Test
    void anExplanationThatCannotBeWrittenIsAFailure() {
        int code = new CommandLine(new ClassifyCommand(InputStream.nullInputStream()))
                .setOut(new PrintWriter(
                        new PrintStream(new Full(), false, StandardCharsets.UTF_8), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true))
                .execute("nonce too low");

        assertThat(code).isEqualTo(1);
    }

    @Test
    void anInputThatCannotBeReadIsSaidInOneLine() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Is a directory");
            }
        };

        int code = new CommandLine(new ClassifyCommand(broken))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err, true))
                .execute();

        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("standard input cannot be read: Is a directory");
    }

    @Test
    void whatItRepeatsIsCutAndEscaped() {
        classify("infura\t" + "9".repeat(500) + "\tred\u001b[31m\t\trate limit\n");

        assertThat(err.toString().lines())
                .containsExactly(
                        "line 1: http_status is left out: expected a whole number, found " + "9".repeat(80) + "...",
                        "line 1: jsonrpc_code is left out: expected a whole number, found red\\u001b[31m");
    }

    @Test
    void whatItRepeatsOfTheRulesIsCutAndEscaped(@TempDir Path folder) throws Exception {
        Path rules = Files.writeString(
                folder.resolve("mine.tsv"), "acme\t\u001b" + "4".repeat(500) + "\t\t\tx\tNODE_ERROR\n");

        classify("", "--rules", rules.toString(), "x");

        assertThat(err.toString().lines())
                .contains("--rules: " + rules + " line 1: http_status: expected a whole number, found \\u001b"
                        + "4".repeat(79) + "...");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   "})
    void anEmptyMessageIsRefused(String message) {
        assertThat(classify("", message)).isEqualTo(2);

        assertThat(err.toString()).startsWith("MESSAGE must not be blank");
        assertThat(classify("", "--http-status", "429", message)).isZero(); // some answers have no words
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "99", "600", "99999"})
    void aStatusThatHttpDoesNotHaveIsRefused(String status) {
        assertThat(classify("", "--http-status", status, "x")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--http-status must be from 100 to 599, was " + status);
    }

    @Test
    void aStatusInALineThatHttpDoesNotHaveIsLeftOutWithAWord() {
        classify("infura\t99999\t\t\trate limit\n");

        assertThat(said()).containsExactly("RATE_LIMITED\tcool-down");
        assertThat(err.toString().lines())
                .containsExactly("line 1: http_status is left out: expected 100 to 599, found 99999");
    }

    @Test
    void aMessageWithoutQuotesIsRefused() {
        assertThat(classify("", "already", "known")).isEqualTo(2);

        assertThat(err.toString()).startsWith("Put the message in quotes: \"already known\"");
    }

    /** A file on a disk that is full, or a pipe that nobody reads. */
    private static final class Full extends OutputStream {
        @Override
        public void write(int octet) throws IOException {
            throw new IOException("No space left on device");
        }
    }
}
