package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.runner.demo.DemoChain;
import dev.tocsin.runner.demo.DemoNode;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.FreePort;
import dev.tocsin.testsupport.JavaProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees who makes a mistake: one message with file, line and key, the right exit code, and no stack trace. */
class CommandLineIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private record Said(int code, List<String> lines) {}

    private static Said tocsin(String... args) throws Exception {
        try (ChildProcess process = JavaProcess.main(Main.class, "-XX:TieredStopAtLevel=1")
                .args(args)
                .start()) {
            int code = process.awaitExit(PATIENCE);
            assertThat(process.lines()).noneMatch(line -> line.startsWith("\tat "));
            return new Said(code, process.lines());
        }
    }

    private Said run(String yaml) throws Exception {
        return tocsin(
                "run", "-c", Files.writeString(folder.resolve("t.yml"), yaml).toString());
    }

    private String yaml(String node, int chain, int port) {
        return """
                nodes:
                  chain: %d
                  primary: %s
                watches:
                  - name: t
                    event: event Transfer(address indexed from, address indexed to, uint256 value)
                gateways:
                  terminal: {type: terminal}
                state: {file: "%s"}
                http:
                  port: %d
                """.formatted(chain, node, folder.resolve("state.db"), port);
    }

    @Test
    void helpListsTheCommands() throws Exception {
        Said said = tocsin("--help");

        assertThat(said.code()).isZero();
        assertThat(String.join("\n", said.lines()))
                .containsSubsequence("Commands:", "  demo ", "  run ", "  check-config ", "  help ");
        assertThat(tocsin("help").lines()).isEqualTo(said.lines());
    }

    @Test
    void helpOfACommandShowsTheFileAfterASpace() throws Exception {
        assertThat(String.join("\n", tocsin("help", "run").lines()))
                .contains("Usage: tocsin run -c FILE", "-c, --config FILE")
                .doesNotContain("=FILE");
    }

    @Test
    void anUnknownOptionIsExitCodeTwo() throws Exception {
        assertThat(tocsin("demo", "--fro", "30s").code()).isEqualTo(2);
        assertThat(tocsin("demo", "--for", "soon").code()).isEqualTo(2);
    }

    @Test
    void anUnknownOptionOrCommandIsOneSentenceAndWhereToReadMore() throws Exception {
        assertThat(tocsin("run", "--fro").lines()).containsExactly("Unknown option: '--fro'", "Try: tocsin run --help");
        assertThat(tocsin("runn").lines())
                .containsExactly("Unknown command: 'runn'", "Did you mean: tocsin run?", "Try: tocsin --help");
    }

    @Test
    void aFileThatIsNotGivenOrGivenTwiceIsExitCodeTwo() throws Exception {
        Said none = tocsin("run");
        Said two = tocsin("check-config", "-c", "a.yml", "b.yml");

        assertThat(none.code()).isEqualTo(2);
        assertThat(none.lines())
                .containsExactly(
                        "The configuration file is missing; expected tocsin run -c FILE", "Try: tocsin run --help");
        assertThat(two.code()).isEqualTo(2);
        assertThat(two.lines()).contains("There are two configuration files; expected tocsin check-config -c FILE");
    }

    @Test
    void aWrongFileIsExitCodeTwoWithEveryMistakeOnALineOfItsOwn() throws Exception {
        Said said = run(
                yaml("http://127.0.0.1:1", 1, 0).replace("watches:", "wathces:").replace("port: 0", "port: x"));

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.lines())
                .anySatisfy(
                        line -> assertThat(line).contains("t.yml:4: wathces: unknown key, did you mean \"watches\"?"));
        assertThat(said.lines())
                .anySatisfy(line -> assertThat(line).contains("t.yml:11: http.port: expected a whole number"));
    }

    @Test
    void checkConfigConnectsToNothing() throws Exception {
        Path file = Files.writeString(folder.resolve("t.yml"), yaml("http://127.0.0.1:1", 1, 0));

        Said said = tocsin("check-config", "-c", file.toString());

        assertThat(said.code()).isZero();
        assertThat(said.lines()).containsExactly(file + ": valid; 1 watch, 1 node, 1 gateway");
        assertThat(folder.resolve("state.db")).doesNotExist();
        assertThat(tocsin("check-config", file.toString())).isEqualTo(said);
        assertThat(tocsin("check-config", "--config=" + file)).isEqualTo(said);
    }

    @Test
    void whatAGatewayWouldRefuseIsToldByCheckConfig() throws Exception {
        Path file = Files.writeString(
                folder.resolve("t.yml"),
                yaml("http://127.0.0.1:1", 1, 0)
                        .replace(
                                "terminal: {type: terminal}",
                                "mail: {type: smtp, host: \"a b\", from: a@b.c, to: \"x y\"}"));

        Said said = tocsin("check-config", "-c", file.toString());

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.lines())
                .containsExactly(
                        file + ":8: gateways.mail.host: host must be a host name or address, was 'a b'",
                        file + ":8: gateways.mail.to: to must be an address, was 'x y'",
                        "2 errors");
    }

    @Test
    void aMissingFileIsExitCodeTwo() throws Exception {
        Said said = tocsin("run", "-c", folder.resolve("no.yml").toString());

        assertThat(said.code()).isEqualTo(2);
        assertThat(String.join("\n", said.lines())).contains("no.yml: there is no such file");
    }

    @Test
    void aStateFileBelowAFileIsExitCodeOneAndSaysSo() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        String yaml = yaml("http://127.0.0.1:1", 1, 0).replace("state.db", "file/state.db");

        Said said = run(yaml);

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.lines())
                .singleElement()
                .asString()
                .contains("t.yml:9: state.file: ", file + " is not a folder");
    }

    @Test
    void aStateFileThatIsAFolderIsExitCodeOneAndSaysSo() throws Exception {
        Path state = Files.createDirectory(folder.resolve("state.db"));

        Said said = run(yaml("http://127.0.0.1:1", 1, 0));

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.lines())
                .singleElement()
                .asString()
                .endsWith("state.file: " + state + " is a folder; expected a file");
    }

    @Test
    void everyCommandThatListsItPrintsTheVersion() throws Exception {
        List<String> version = tocsin("-V").lines();

        for (String command : List.of("demo", "run", "check-config", "rpc", "rpc classify")) {
            String[] args = (command + " -V").split(" ", -1);
            assertThat(tocsin(args)).as(command).isEqualTo(new Said(0, version));
        }
    }

    @Test
    void aNumberThatIsNoneIsToldInWords() throws Exception {
        Said said = tocsin("rpc", "classify", "--code", "x", "text");

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.lines().getFirst())
                .isEqualTo("Invalid value for option '--code': expected a whole number, was \"x\"");
    }

    @Test
    void aNodeThatCannotBeReachedIsExitCodeOneAndNamesItWithoutItsKey() throws Exception {
        Said said = run(yaml("http://127.0.0.1:" + FreePort.next() + "/v1/SECRETKEY", 1, 0));

        assertThat(said.code()).isEqualTo(1);
        assertThat(String.join("\n", said.lines()))
                .contains("t.yml:3: nodes.primary: no node can be used", "for chain 1", "127.0.0.1", "cannot connect")
                .doesNotContain("SECRETKEY");
    }

    @Test
    void aStartThatFailsLeavesNoFileBehindAndTakesNoneAway() throws Exception {
        String yaml = yaml("http://127.0.0.1:" + FreePort.next(), 1, 0);

        assertThat(run(yaml).code()).isEqualTo(1);
        assertThat(files()).containsExactly("t.yml");

        Journal.open(folder.resolve("state.db")).close();
        assertThat(run(yaml).code()).isEqualTo(1);
        assertThat(files()).containsExactly("state.db", "t.yml");

        Files.writeString(folder.resolve("state.db"), "not a database, and longer than its header may be ".repeat(9));
        assertThat(run(yaml).code()).isEqualTo(1);
        assertThat(files()).containsExactly("state.db", "t.yml");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aRedisThatDoesNotAnswerIsNamedWithItsPort() throws Exception {
        try (DemoNode node =
                DemoNode.on(DemoChain.create(1337, InstantSource.system()), "a").start()) {
            // nothing listens on this loopback address: a Redis of this machine would be on another
            Said said = run(yaml(node.http().toString(), 1337, 0)
                    + "coordination: {redis: \"redis://127.0.0.77\", lease: 1s}\n");

            assertThat(said.code()).isEqualTo(1);
            assertThat(String.join("\n", said.lines()))
                    .contains("t.yml:12: coordination.redis: expected a Redis that answers at 127.0.0.77:6379");
        }
    }

    @Test
    void aRunnerThatWorksAloneStopsWithoutAWordAboutOthers() throws Exception {
        try (DemoNode node = DemoNode.on(DemoChain.create(1337, InstantSource.system()), "a")
                        .start();
                ChildProcess process = LineHarness.run(folder, yaml(node.http().toString(), 1337, 0))) {
            process.terminate();

            assertThat(process.awaitExit(PATIENCE)).isZero();
            assertThat(process.lines()).noneMatch(line -> line.contains("standing by") || line.contains("leading"));
            assertThat(process.lines()).last().asString().endsWith("stopped");
        }
    }

    @Test
    void aNodeOfAnotherChainIsExitCodeOneAndNamesBothChains() throws Exception {
        try (DemoNode node =
                DemoNode.on(DemoChain.create(1337, InstantSource.system()), "a").start()) {
            Said said = run(yaml(node.http().toString(), 1, 0));

            assertThat(said.code()).isEqualTo(1);
            assertThat(String.join("\n", said.lines()))
                    .contains(
                            "t.yml:2: nodes.chain: no node can be used; expected at least one that answers for chain 1; ",
                            node.http().getAuthority() + ": serves chain 1337");
        }
    }

    @Test
    void aPortInUseIsExitCodeOneAndNamesTheKey() throws Exception {
        try (DemoNode node = DemoNode.on(DemoChain.create(1337, InstantSource.system()), "a")
                        .start();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Said said = run(yaml(node.http().toString(), 1337, taken.getLocalPort()));

            assertThat(said.code()).isEqualTo(1);
            assertThat(String.join("\n", said.lines()))
                    .contains("t.yml:11: http.port: port " + taken.getLocalPort() + " on 127.0.0.1 is already in use");
        }
    }
}
