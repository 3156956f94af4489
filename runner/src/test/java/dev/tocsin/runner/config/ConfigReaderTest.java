package dev.tocsin.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    private static final String GOOD = """
            environment: prod
            instance: bot-1
            nodes:
              chain: 1
              primary: [https://a.example/v1/SECRETKEY, https://b.example]
              fallback: https://c.example
              websocket: [wss://a.example]
              timeout: 3s
            tokens:
              USDC: {address: "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", decimals: 6}
            watches:
              - name: whale
                event: event Transfer(address indexed from, address indexed to, uint256 value)
                at: USDC
                when: value >= 400_000 USDC
                cooldown: 3m
                per: to
                severity: critical
                summary: "{value USDC} to {to}"
            gateways:
              mail: {type: smtp, host: mail.example, user: me, password: "${PASSWORD}", from: a@b.c, to: [d@e.f]}
              hook: {type: webhook, url: "https://h.example/T0K3N", secret: "${SECRET:-s3cr3t-s3cr3t-s3cr3t}"}
              chat: {type: slack, url: "https://hooks.example/services/T0K3N"}
              terminal: {type: terminal}
            alerting:
              receivers:
                all: {gateways: [terminal, hook]}
                oncall: {gateways: [mail, chat]}
              route:
                receiver: all
                group-by: [alertname]
                routes:
                  - {receiver: oncall, severity: critical, continue: true}
            coordination: {redis: "redis://:pw@r.example:6379", lease: 5s}
            state: {file: /tmp/x.db, keep: 7d}
            http: {port: 0}
            """;

    private static final String CHECKSUMMED = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";

    private static TocsinConfig read(String yaml) {
        return ConfigReader.parse("t.yml", yaml, Map.of("PASSWORD", "hunter2")::get);
    }

    private static ConfigException failure(String yaml) {
        return catchThrowableOfType(ConfigException.class, () -> read(yaml));
    }

    @Test
    void everySectionIsBound() {
        TocsinConfig config = read(GOOD);

        assertThat(config.environment()).isEqualTo(TocsinConfig.Environment.PROD);
        assertThat(config.nodes().chain()).hasValue(1);
        assertThat(config.nodes().primary()).hasSize(2);
        assertThat(config.nodes().fallback()).hasSize(1);
        assertThat(config.nodes().timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.watches()).hasSize(1);
        assertThat(config.watches().getFirst().rule().cooldown()).contains(Duration.ofMinutes(3));
        assertThat(config.receivers()).containsOnlyKeys("all", "oncall");
        assertThat(config.gateways()).containsOnlyKeys("mail", "hook", "chat", "terminal");
        assertThat(config.coordination()).isPresent();
        assertThat(config.state().keep()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void noSecretIsInToString() {
        assertThat(read(GOOD).toString()).doesNotContain("SECRETKEY", "hunter2", "s3cr3t", "T0K3N", ":pw@");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("  timeout: 3s", "  timeot: 3s", 8, "nodes.timeot", "did you mean \"timeout\"?"),
                Arguments.of("  timeout: 3s", "  timeout: soon", 8, "nodes.timeout", "10s"),
                Arguments.of("  timeout: 3s", "  timeout: 0ms", 8, "nodes.timeout", "from 10ms to 1h"),
                Arguments.of("chain: 1", "chain: one", 4, "nodes.chain", "whole number"),
                Arguments.of(
                        "fallback: https://c.example", "fallback: ftp://c.example", 6, "nodes.fallback", "https://"),
                Arguments.of(
                        "event Transfer(address indexed",
                        "event Transfer(adress indexed",
                        13,
                        "watches[0].event",
                        "adress"),
                Arguments.of("value >= 400_000 USDC", "value >= 400_000 USDX", 15, "watches[0].when", "USDC"),
                Arguments.of("value >= 400_000 USDC", "amount >= 400_000 USDC", 15, "watches[0].when", "value"),
                Arguments.of("at: USDC", "at: USDT", 14, "watches[0].at", "USDC"),
                Arguments.of("at: USDC", "at: \"0x12\"", 14, "watches[0].at", "40 hexadecimal digits"),
                Arguments.of("per: to", "per: too", 17, "watches[0].per", "to"),
                Arguments.of(
                        "severity: critical\n    summary",
                        "severity: fatal\n    summary",
                        18,
                        "watches[0].severity",
                        "critical"),
                Arguments.of("{value USDC} to {to}", "{value USDC} to {two}", 19, "watches[0].summary", "{two}"),
                Arguments.of(
                        "type: terminal",
                        "type: telex",
                        24,
                        "gateways.terminal.type",
                        "terminal, smtp, webhook, slack"),
                Arguments.of("type: smtp", "type: smpt", 21, "gateways.mail.type", "terminal, smtp, webhook, slack"),
                Arguments.of("\"${PASSWORD}\"", "\"${PASSWROD}\"", 21, "gateways.mail.password", "PASSWROD"),
                Arguments.of("from: a@b.c", "from: nobody", 21, "gateways.mail.from", "an address"),
                Arguments.of("from: a@b.c", "from: \"a@b.c\\nBcc: x@y.z\"", 21, "gateways.mail.from", "an address"),
                Arguments.of("from: a@b.c", "from: ops@exämple.org", 21, "gateways.mail.from", "ASCII"),
                Arguments.of("to: [d@e.f]", "to: [d@e.f, \"g@h i\"]", 21, "gateways.mail.to[1]", "an address"),
                Arguments.of("to: [d@e.f]", "to: []", 21, "gateways.mail.to", "is empty; expected at least one"),
                Arguments.of("host: mail.example", "host: mail server", 21, "gateways.mail.host", "a host name"),
                Arguments.of(
                        "https://h.example/T0K3N",
                        "https://u:T0K3N@h.example",
                        22,
                        "gateways.hook.url",
                        "neither user information nor a fragment"),
                Arguments.of("s3cr3t-s3cr3t-s3cr3t", "s3cr3t", 22, "gateways.hook.secret", "at least 16 bytes"),
                Arguments.of(
                        "https://hooks.example/services/T0K3N",
                        "https://hooks.example/services/#T0K3N",
                        23,
                        "gateways.chat.url",
                        "a fragment"),
                Arguments.of("at: USDC", "at: [USDC, USDT]", 14, "watches[0].at[1]", "USDC"),
                Arguments.of("at: USDC", "at: []", 14, "watches[0].at", "is empty"),
                Arguments.of(
                        "at: USDC",
                        "at: \"0xa0b86991c6218b36c1d19D4a2e9eb0ce3606eb48\"",
                        14,
                        "watches[0].at",
                        CHECKSUMMED),
                Arguments.of(
                        "value >= 400_000 USDC",
                        "to == 0xa0b86991c6218b36c1d19D4a2e9eb0ce3606eb48",
                        15,
                        "watches[0].when",
                        CHECKSUMMED),
                Arguments.of("0xa0b86991", "0xA0b86991", 10, "tokens.USDC.address", CHECKSUMMED),
                Arguments.of("0xa0b86991", "0x0b86991", 10, "tokens.USDC.address", "40 hexadecimal digits"),
                Arguments.of("https://h.example/T0K3N", "h.example", 22, "gateways.hook.url", "begins with neither"),
                Arguments.of("https://b.example]", "localhost:8545]", 5, "nodes.primary[1]", "it begins with neither"),
                Arguments.of(
                        "[https://a.example/v1/SECRETKEY, https://b.example]",
                        "[]",
                        5,
                        "nodes.primary",
                        "is empty; expected at least one node URL"),
                Arguments.of(
                        "gateways: [terminal, hook]",
                        "gateways: [terminal, hok]",
                        27,
                        "alerting.receivers.all.gateways[1]",
                        "\"hook\""),
                Arguments.of("receiver: all", "receiver: al", 30, "alerting.route.receiver", "\"all\""),
                Arguments.of("redis://:pw@", "http://:pw@", 34, "coordination.redis", "redis://"),
                Arguments.of("example:6379", "example:6379/first", 34, "coordination.redis", "redis://user:password@"),
                Arguments.of("file: /tmp/x.db", "file: \"a\\0b\"", 35, "state.file", "Nul"),
                Arguments.of("https://b.example]", "https://b.example:99999]", 5, "nodes.primary[1]", "65535"),
                Arguments.of("port: 0", "port: 70000", 36, "http.port", "65535"),
                Arguments.of("environment: prod", "environment: production", 1, "environment", "dev, staging, prod"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void aMistakeIsNamedWithFileLineKeyAndWhatWasExpected(
            String right, String wrong, int line, String key, String expected) {
        assertThat(GOOD).contains(right);

        ConfigException failure = failure(GOOD.replace(right, wrong));

        assertThat(failure.problems()).hasSize(1);
        assertThat(failure.problems().getFirst().line()).isEqualTo(line);
        assertThat(failure.problems().getFirst().key()).isEqualTo(key);
        assertThat(failure.getMessage())
                .startsWith("t.yml:" + line + ": " + key + ": ")
                .contains(expected);
        assertThat(failure.getMessage()).doesNotContain("SECRETKEY", "hunter2", "s3cr3t", "T0K3N", ":pw@", "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CHECKSUMMED,
                "0xA0B86991C6218B36C1D19D4A2E9EB0CE3606EB48",
                "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
            })
    void anAddressIsReadInOneCaseOrWithItsChecksum(String address) {
        TocsinConfig config = read(GOOD.replace("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", address));

        assertThat(config.watches().getFirst().rule().addresses())
                .containsExactly("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48");
    }

    @ParameterizedTest
    @ValueSource(strings = {"watches: []\n", "watches:\n", ""})
    void aFileThatWatchesNothingIsAMistake(String watches) {
        String yaml = GOOD.substring(0, GOOD.indexOf("watches:")) + watches + GOOD.substring(GOOD.indexOf("gateways:"));

        ConfigException failure = failure(yaml);

        assertThat(failure.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo("watches");
            assertThat(problem.line()).isEqualTo(watches.isEmpty() ? 1 : 11);
            assertThat(problem.message()).endsWith("; expected a list of at least one thing to look for");
        });
    }

    @Test
    void aSenderMayHaveAName() {
        TocsinConfig config = read(GOOD.replace("from: a@b.c", "from: \"Tocsin <a@b.c>\""));

        assertThat(((GatewayConfig.Smtp) config.gateways().get("mail")).from()).isEqualTo("Tocsin <a@b.c>");
    }

    @ParameterizedTest
    @CsvSource({
        "redis://r.example, redis://r.example:6379",
        "redis://:p%40w@r.example/2, redis://:p%40w@r.example:6379/2",
        "rediss://[::1]:, rediss://[::1]:6379",
        "redis://r.example:7000, redis://r.example:7000"
    })
    void aRedisHasAPort(String written, String read) {
        TocsinConfig config = read(GOOD.replace("redis://:pw@r.example:6379", written));

        assertThat(config.coordination().orElseThrow().url()).hasToString(read);
    }

    @Test
    void aVariableThatIsNotSetIsOneMistakeThoughItsKeyIsNeeded() {
        assertThat(failure(GOOD.replace("https://h.example/T0K3N", "${HOOK}")).problems())
                .extracting(ConfigProblem::key)
                .containsExactly("gateways.hook.url");
    }

    @Test
    void allMistakesAreReportedAtOnceInTheOrderOfTheFile() {
        ConfigException failure = failure(GOOD.replace("timeout: 3s", "timeout: soon")
                .replace("per: to", "per: too")
                .replace("port: 0", "prot: 0"));

        assertThat(failure.problems())
                .extracting(ConfigProblem::key)
                .containsExactly("nodes.timeout", "watches[0].per", "http.prot");
    }

    @Test
    void whatIsNotYamlIsNamedWithItsLine() {
        assertThat(failure("nodes: [a\nwatches: b").problems().getFirst().line())
                .isPositive();
        assertThat(failure("nodes: [a\nwatches: b").getMessage()).contains("is not YAML");
    }

    @Test
    void whatTheParserCannotEvenReadIsOneError() {
        assertThat(failure("nodes: \u0001").getMessage()).contains("t.yml: is not YAML");
    }

    @Test
    void theExamplesAreRight() {
        assertThat(ConfigReader.read(Path.of("../examples/tocsin.yml")).watches())
                .hasSize(3);
        assertThat(ConfigReader.read(Path.of("../examples/anvil.yml")).watches())
                .hasSize(2);
    }

    @Test
    void theNameOfAGatewayIsChecked() {
        assertThat(failure(GOOD.replace("  terminal: {type", "  \"a b\": {type"))
                        .getMessage())
                .contains("gateways.a b.type: a gateway's name must be");
    }

    @Test
    void anEmptyFileIsOneError() {
        assertThat(failure("").getMessage())
                .isEqualTo("t.yml: is empty; expected at least the sections nodes, watches and gateways");
    }

    @Test
    void aKeyThatStandsTwiceIsAnError() {
        assertThat(failure(GOOD + "http: {port: 1}\n").getMessage())
                .contains("http")
                .contains("twice");
    }

    @Test
    void aMissingFileIsOneSentence(@TempDir Path folder) {
        Path missing = folder.resolve("no.yml");

        ConfigException failure = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(missing));

        assertThat(failure.getMessage())
                .isEqualTo(missing + ": there is no such file; expected a YAML file such as examples/tocsin.yml");
    }

    @Test
    void aSecretMayStandInAFileOfItsOwn(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "from-file-from-file\n");

        TocsinConfig config = read(GOOD.replace("${SECRET:-s3cr3t-s3cr3t-s3cr3t}", "file:" + secret));

        assertThat(((GatewayConfig.Webhook) config.gateways().get("hook")).secret())
                .contains("from-file-from-file");
    }
}
