package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.runner.config.ConfigException;
import dev.tocsin.runner.config.ConfigProblem;
import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Whatever stands at any place of the file, {@code check-config} says what is wrong with it, or it can be used. */
class OddConfigTest {

    @TempDir
    private Path folder;

    private record Said(int code, String err) {}

    private Said checkConfig(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("t.yml"), yaml);
        StringWriter err = new StringWriter();
        int code = Main.commandLine(Shutdown.manual())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute("check-config", file.toString());
        return new Said(code, err.toString());
    }

    /** The example with its comments taken for keys, so that every key stands in it. */
    private static String everyKey() throws IOException {
        return Files.readString(Path.of("../examples/tocsin.yml"))
                .replaceAll("(?m)^( *)# (?= *[a-z-]+:( |$))", "$1")
                .replaceAll("(?m)^# ?(?=coordination:)", "")
                .replace("security: none ", "security: starttls ")
                .replace("file:/run/secrets/smtp", "hunter2")
                .replace("file:/run/secrets/slack-webhook", "https://hooks.example.org/T0K3N")
                .replace("${HOOK_SECRET}", "s3cr3t-s3cr3t-s3cr3t")
                .replace("${REDIS_URL}", "redis://127.0.0.1")
                .replace("{gateways: [mail]}", "{gateways: [mail, hook, chat]}");
    }

    @Test
    void everyKeyOfTheExampleMayBeSet() throws Exception {
        assertThat(checkConfig(everyKey())).isEqualTo(new Said(0, ""));
    }

    @Test
    void whatABuilderRefusesIsALineAndExitCodeTwo() throws Exception {
        Said said = checkConfig(everyKey()
                .replace("name: whale", "name: big swap")
                .replace("  USDC: {", "  1INCH: {}\n  USDC: {")
                .replace("[alertname]", "[alert-name]"));

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).endsWith("\n3 errors\n").doesNotContain("\tat ");
    }

    @ParameterizedTest(name = "value {0}")
    @ValueSource(
            strings = {
                "",
                "\"\"",
                "\"  \"",
                "a b",
                "1INCH",
                "0",
                "-1",
                "99999999999999999999",
                "0x7a69",
                "0s",
                "500ms",
                "${",
                "\"${TOCSIN_NOT_SET:-}\"",
                "\"file:\\0\"",
                "\"{\"",
                "\"\\0\\n\\u2028\"",
                "http://127.0.0.1:0",
                "redis://user@127.0.0.1/x",
                "[[]]",
                "{a: {}}",
                "!!binary x",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            })
    void anOddValueIsAProblemOrCanBeUsed(String odd) throws Exception {
        List<ScalarNode> values = new ArrayList<>();
        collect(compose(everyKey()), values, new ArrayList<>());

        assertThat(values).hasSizeGreaterThan(60);
        assertThat(unsaid(values, odd)).isEmpty();
    }

    @ParameterizedTest(name = "key {0}")
    @ValueSource(strings = {"\"\"", "\"a b\"", "1INCH", "~", "[a]", "\"\\0\"", "<<", "x"})
    void anOddKeyIsAProblemOrCanBeUsed(String odd) throws Exception {
        List<ScalarNode> keys = new ArrayList<>();
        collect(compose(everyKey()), new ArrayList<>(), keys);

        assertThat(keys).hasSizeGreaterThan(60);
        assertThat(unsaid(keys, odd)).isEmpty();
    }

    @Test
    void aRouteThatStandsWithinItselfIsAProblem() throws Exception {
        String yaml =
                everyKey().replace("    routes:\n", "    routes: &all\n      - {receiver: everyone, routes: *all}\n");

        assertThat(checkConfig(yaml).err()).contains("routes: ", "deep").doesNotContain("\tat ");
    }

    /** The places at which this ends in anything but a list of problems, or in what the line cannot be built from. */
    private static List<String> unsaid(List<ScalarNode> places, String odd) throws IOException {
        String yaml = everyKey();
        List<String> unsaid = new ArrayList<>();
        for (ScalarNode place : places) {
            String changed = yaml.substring(0, place.getStartMark().getIndex())
                    + odd
                    + yaml.substring(place.getEndMark().getIndex());
            try {
                build(ConfigReader.parse("t.yml", changed, System::getenv));
            } catch (ConfigException e) {
                e.problems().stream()
                        .map(ConfigProblem::toString)
                        .filter(problem -> !problem.matches("t\\.yml:.+"))
                        .forEach(unsaid::add);
            } catch (RuntimeException | StackOverflowError e) {
                unsaid.add("line " + (place.getStartMark().getLine() + 1) + " " + place.getValue() + ": " + e);
            }
        }
        return unsaid;
    }

    private static void build(TocsinConfig config) {
        try (Closing closing = new Closing()) {
            Screen nowhere = new Screen(
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                    Style.PLAIN,
                    false);
            Rooms.gateways(config, nowhere, new SimpleMeterRegistry(), closing);
        }
    }

    private static Node compose(String yaml) {
        return new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
    }

    private static void collect(Node node, List<ScalarNode> values, List<ScalarNode> keys) {
        switch (node) {
            case MappingNode mapping -> {
                for (NodeTuple tuple : mapping.getValue()) {
                    keys.add((ScalarNode) tuple.getKeyNode());
                    collect(tuple.getValueNode(), values, keys);
                }
            }
            case SequenceNode sequence -> sequence.getValue().forEach(child -> collect(child, values, keys));
            default -> values.add((ScalarNode) node);
        }
    }
}
