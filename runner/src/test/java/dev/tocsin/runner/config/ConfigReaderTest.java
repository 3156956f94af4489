package dev.tocsin.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

    static final String GOOD = """
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

    static final String TRANSFER = "event Transfer(address indexed from, address indexed to, uint256 value)";

    static final String CHECKSUMMED = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";

    private static TocsinConfig read(String yaml) {
        return ConfigReader.parse("t.yml", yaml, Map.of("PASSWORD", "hunter2")::get);
    }

    static ConfigException failure(String yaml) {
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
    void aWatchWithoutAnEventIsNamedWithTheLineOfTheWatch() {
        assertThat(failure(GOOD.replace("    event: " + TRANSFER + "\n", "")).getMessage())
                .startsWith("t.yml:12: watches[0].event: is missing; expected an event such as \"event ");
    }

    @Test
    void whatABuilderRefusesStandsBesideAllOtherMistakes() {
        String yaml = GOOD.replace("name: whale", "name: big swap")
                .replace("  USDC: {", "  1INCH: {decimals: 18}\n  USDC: {")
                .replace("[alertname]", "[alert-name]")
                .replace("port: 0", "port: x");

        assertThat(failure(yaml).problems())
                .extracting(ConfigProblem::key)
                .containsExactly("tokens.1INCH", "watches[0].name", "alerting.route.group-by[0]", "http.port");
    }

    @Test
    void receiversWithoutARouteBesideTheFirstAreNotUsed() {
        String yaml = GOOD.substring(0, GOOD.indexOf("  route:")) + GOOD.substring(GOOD.indexOf("coordination:"));

        assertThat(failure(yaml).problems())
                .extracting(ConfigProblem::key)
                .containsExactly("alerting.receivers.oncall");
    }

    @Test
    void aNumberMayBeHexadecimalAsWalletsShowIt() {
        assertThat(read(GOOD.replace("chain: 1", "chain: 0x7a69")).nodes().chain())
                .hasValue(31337);
        assertThat(failure(GOOD.replace("chain: 1", "chain: 0x-1")).getMessage())
                .contains("nodes.chain: expected a whole number");
    }

    @Test
    void aDollarBeforeAPlaceholderIsADollar() {
        assertThat(read(GOOD.replace("{value USDC} to", "${value USDC} to")).watches())
                .hasSize(1);
    }

    @Test
    void aFileThatIsNotUtf8IsOneSentence(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("latin.yml"), new byte[] {'a', ':', ' ', (byte) 0xE4});

        ConfigException failure = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));

        assertThat(failure.getMessage()).isEqualTo(file + ": is not UTF-8; expected a YAML file saved as UTF-8");
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

    /** A password that was put under the wrong key must not come back on the screen. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "chain: ${PASSWORD}",
                "timeout: ${PASSWORD}",
                "attempts: ${PASSWORD}",
                "selection: ${PASSWORD}",
                "primary: ${PASSWORD}",
                "fallback: [\"http://${PASSWORD} x\"]"
            })
    void aValueThatCameFromAVariableIsNeverRepeated(String line) {
        ConfigException wrong = failure("nodes:\n  " + line + "\n");

        assertThat(wrong.problems())
                .anySatisfy(problem -> assertThat(problem.key()).startsWith("nodes."));
        assertThat(wrong.problems())
                .allSatisfy(problem -> assertThat(problem.toString()).doesNotContain("hunter2"));
    }

    @Test
    void aValueThatCameFromAVariableIsCalledByItsName() {
        assertThat(failure("nodes:\n  timeout: ${PASSWORD}\n").problems())
                .anySatisfy(problem -> assertThat(problem.message()).contains("\"${PASSWORD}\""));
    }
}
