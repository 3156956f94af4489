package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.runner.demo.DemoChain;
import dev.tocsin.runner.demo.DemoNode;
import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.FreePort;
import dev.tocsin.testsupport.JavaProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
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
        assertThat(String.join("\n", said.lines())).contains("run", "demo", "check-config");
    }

    @Test
    void anUnknownOptionIsExitCodeTwo() throws Exception {
        assertThat(tocsin("demo", "--fro", "30s").code()).isEqualTo(2);
        assertThat(tocsin("demo", "--for", "soon").code()).isEqualTo(2);
        assertThat(tocsin("run").code()).isEqualTo(2);
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
        assertThat(folder.resolve("state.db")).doesNotExist();
    }

    @Test
    void aMissingFileIsExitCodeTwo() throws Exception {
        Said said = tocsin("run", "-c", folder.resolve("no.yml").toString());

        assertThat(said.code()).isEqualTo(2);
        assertThat(String.join("\n", said.lines())).contains("no.yml: there is no such file");
    }

    @Test
    void aNodeThatCannotBeReachedIsExitCodeOneAndNamesItWithoutItsKey() throws Exception {
        Said said = run(yaml("http://127.0.0.1:" + FreePort.next() + "/v1/SECRETKEY", 1, 0));

        assertThat(said.code()).isEqualTo(1);
        assertThat(String.join("\n", said.lines()))
                .contains("t.yml:3: nodes: no node can be used", "127.0.0.1", "cannot connect")
                .doesNotContain("SECRETKEY");
    }

    @Test
    void aNodeOfAnotherChainIsExitCodeOneAndNamesBothChains() throws Exception {
        try (DemoNode node =
                DemoNode.on(DemoChain.create(1337, InstantSource.system()), "a").start()) {
            Said said = run(yaml(node.http().toString(), 1, 0));

            assertThat(said.code()).isEqualTo(1);
            assertThat(String.join("\n", said.lines())).contains("t.yml:3: nodes:", "chain 1337", "chain 1");
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
