package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What is wrong with the options of the demo is said before anything starts. */
class DemoCommandTest {

    @TempDir
    private Path folder;

    private record Said(int code, String out, String err) {}

    private static Said demo(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(Shutdown.manual())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        String[] args = new String[options.length + 1];
        args[0] = "demo";
        System.arraycopy(options, 0, args, 1, options.length);
        int code = line.execute(args);
        return new Said(code, out.toString(), err.toString());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "--rpc and --replay, --rpc http://127.0.0.1:1 --replay .",
        "--rpc and --seed, --rpc http://127.0.0.1:1 --seed 2",
        "--replay and --seed, --replay . --seed 1"
    })
    void optionsThatExcludeEachOtherAreOneMessage(String both, String options) {
        Said said = demo(options.split(" ", -1));

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err().lines()).singleElement().asString().startsWith(both + " exclude each other");
        assertThat(said.out()).isEmpty();
    }

    @Test
    void noTimeAtAllIsRefused() {
        Said said = demo("--for", "0s");

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).contains("--for", "expected a time above 0, was \"0s\"");
    }

    @Test
    void aSeedIsAWholeNumber() {
        Said said = demo("--seed", "x");

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).contains("--seed", "expected a whole number, was \"x\"");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "ftp://h/SECRET",
                "ws://h/SECRET",
                "h:8545/SECRET",
                "http://",
                "http:///SECRET",
                "http://h i/SECRET"
            })
    void aUrlThatCannotBeOneOfANodeIsRefusedWithoutRepeatingIt(String url) {
        Said said = demo("--rpc", url);

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err())
                .contains("--rpc", "expected a URL that begins with http:// or https:// and names a host")
                .doesNotContain("SECRET");
    }

    @Test
    void aSummaryThatCannotBeWrittenIsNoticedBeforeAnythingStarts() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        Said missing = demo("--json", folder.resolve("no").resolve("d.json").toString());
        Said inAFile = demo("--json", file.resolve("d.json").toString());
        Said aFolder = demo("--json", folder.toString());

        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err().strip()).isEqualTo("--json: the folder " + folder.resolve("no") + " does not exist");
        assertThat(folder.resolve("no")).doesNotExist();
        assertThat(inAFile.code()).isEqualTo(2);
        assertThat(inAFile.err().strip()).isEqualTo("--json: " + file + " is not a folder");
        assertThat(aFolder.code()).isEqualTo(2);
        assertThat(aFolder.err().strip()).isEqualTo("--json: " + folder + " is a folder; expected a file");
        assertThat(missing.out() + inAFile.out() + aFolder.out()).isEmpty();
    }

    @Test
    void aRecordingThatIsNotThereAndOneThatIsNoFolderAreToldApart() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        Said missing = demo("--replay", folder.resolve("no").toString());
        Said notAFolder = demo("--replay", file.toString());

        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err().lines())
                .singleElement()
                .asString()
                .startsWith("--replay: " + folder.resolve("no") + " does not exist; expected a folder");
        assertThat(notAFolder.code()).isEqualTo(2);
        assertThat(notAFolder.err().lines())
                .singleElement()
                .asString()
                .startsWith("--replay: " + file + " is not a folder; expected a folder");
    }

    @Test
    void aNodeThatCannotBeReachedIsToldByItsOption() {
        Said said = demo("--rpc", "http://127.0.0.1:1/SECRET");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err().lines())
                .singleElement()
                .asString()
                .startsWith("--rpc: no node can be used; expected at least one that answers; 127.0.0.1:1: ")
                .doesNotContain("SECRET", "demo.yml");
    }

    @Test
    void theHelpSaysWhatIsRecordedWhenTheNodeStopsAndWhatControlCDoes() {
        Said said = demo("--help");

        assertThat(said.code()).isZero();
        assertThat(said.out().replaceAll("\\s+", " "))
                .contains("eth_getLogs", "README.md", "node-a crashes after 10 s", "Ctrl-C ends the demo in order");
    }
}
