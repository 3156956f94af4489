package dev.tocsin.runner.config;

import static dev.tocsin.runner.config.ConfigReaderTest.CHECKSUMMED;
import static dev.tocsin.runner.config.ConfigReaderTest.GOOD;
import static dev.tocsin.runner.config.ConfigReaderTest.TRANSFER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One mistake in a file that is right otherwise is one message, and that message helps. */
class ConfigMistakesTest {

    private static final String GROUP_BY = "alerting.route.group-by";

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
                Arguments.of("environment: prod", "environment: production", 1, "environment", "dev, staging, prod"),
                Arguments.of("instance: bot-1", "instance: \"\"", 2, "instance", "is empty"),
                Arguments.of("name: whale", "name: \"\"", 12, "watches[0].name", "is empty; expected a name such as"),
                Arguments.of("name: whale", "name:", 12, "watches[0].name", "is empty; expected a name such as"),
                Arguments.of("name: whale", "name: big swap", 12, "watches[0].name", "beginning with a letter"),
                Arguments.of("name: whale", "name: " + "x".repeat(65), 12, "watches[0].name", "64"),
                Arguments.of(TRANSFER, "\"\"", 13, "watches[0].event", "is empty; expected an event such as \"event "),
                Arguments.of(
                        TRANSFER, "${EVENT:-}", 13, "watches[0].event", "is empty; expected an event such as \"event "),
                Arguments.of("when: value >= 400_000 USDC", "when: \"\"", 15, "watches[0].when", "is empty"),
                Arguments.of("cooldown: 3m", "cooldown: 0s", 16, "watches[0].cooldown", "from 1s to 7d"),
                Arguments.of("    cooldown: 3m\n", "", 16, "watches[0].per", "cooldown: 3m"),
                Arguments.of("  USDC: {", "  1INCH: {}\n  USDC: {", 10, "tokens.1INCH", "beginning with a letter"),
                Arguments.of("  USDC: {", "  \"a b\": {}\n  USDC: {", 10, "tokens.a b", "was \"a b\""),
                Arguments.of("  USDC: {", "  \"\": {}\n  USDC: {", 10, "tokens.", "was \"\""),
                Arguments.of("{value USDC} to", "{value DAI} to", 19, "watches[0].summary", "expected one of USDC"),
                Arguments.of("{value USDC} to", "{value USDC to", 19, "watches[0].summary", "is not closed"),
                Arguments.of(" to {to}", " to {to", 19, "watches[0].summary", "is not closed"),
                Arguments.of("{value USDC} to", "{value, USDC} to", 19, "watches[0].summary", "{value, USDC} is not"),
                Arguments.of("group-by: [alertname]", "group-by: [alert-name]", 31, GROUP_BY + "[0]", "\"alertname\""),
                Arguments.of("group-by: [alertname]", "group-by: [address]", 31, GROUP_BY + "[0]", "contract"),
                Arguments.of("group-by: [alertname]", "group-by: [chain, chain]", 31, GROUP_BY, "twice"),
                Arguments.of(
                        "    oncall: {",
                        "    night: {gateways: [mail]}\n    oncall: {",
                        28,
                        "alerting.receivers.night",
                        "no route uses it"),
                Arguments.of(
                        "    oncall: {",
                        "    \" \": {gateways: [mail]}\n    oncall: {",
                        28,
                        "alerting.receivers. ",
                        "name"),
                Arguments.of("\"${PASSWORD}\"", "\"\"", 21, "gateways.mail.password", "is empty"),
                Arguments.of("${PASSWORD}", "${EMPTY:-}", 21, "gateways.mail.password", "is empty"),
                Arguments.of("\"${PASSWORD}\"", "\"${PASSWORD\"", 21, "gateways.mail.password", "${ is not closed"),
                Arguments.of("\"${PASSWORD}\"", "\"file:\\0\"", 21, "gateways.mail.password", "cannot read the file"),
                Arguments.of(
                        "host: mail.example", "host: \"\"", 21, "gateways.mail.host", "is empty; expected the name"),
                Arguments.of(
                        "\"${SECRET:-s3cr3t-s3cr3t-s3cr3t}\"",
                        "\"\"",
                        22,
                        "gateways.hook.secret",
                        "gateways.hook.secret: expected a secret of at least 16 bytes"),
                Arguments.of("type: terminal", "type: \"\"", 24, "gateways.terminal.type", "is empty; expected one of"),
                Arguments.of("file: /tmp/x.db", "file: \"\"", 35, "state.file", "is empty; expected a file such as"),
                Arguments.of("file: /tmp/x.db", "file: /", 35, "state.file", "expected a file such as"),
                Arguments.of("https://c.example", "https://b.example", 6, "nodes.fallback", "stands twice"),
                Arguments.of("https://b.example]", "https://b.example:0]", 5, "nodes.primary[1]", "1 to 65535"),
                Arguments.of("https://c.example", "http://", 6, "nodes.fallback", "the host is missing"),
                Arguments.of("https://c.example", "http:///v1", 6, "nodes.fallback", "the host is missing"),
                Arguments.of("https://c.example", "http://a b", 6, "nodes.fallback", "a blank stands in it"),
                Arguments.of("https://c.example", "http://a_b", 6, "nodes.fallback", "letters, digits, - and ."),
                Arguments.of("https://c.example", "\"${NODE_URL\"", 6, "nodes.fallback", "${ is not closed"),
                Arguments.of(
                        "environment: prod",
                        "stream: {from: latest}\nenvironment: prod",
                        1,
                        "stream.from",
                        "expected head or a block number"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("mistakes")
    void aMistakeIsNamedWithFileLineKeyAndWhatWasExpected(
            String right, String wrong, int line, String key, String expected) {
        assertThat(GOOD).contains(right);

        ConfigException failure = ConfigReaderTest.failure(GOOD.replace(right, wrong));

        assertThat(failure.problems()).hasSize(1);
        assertThat(failure.problems().getFirst().line()).isEqualTo(line);
        assertThat(failure.problems().getFirst().key()).isEqualTo(key);
        assertThat(failure.getMessage())
                .startsWith("t.yml:" + line + ": " + key + ": ")
                .contains(expected);
        assertThat(failure.getMessage()).doesNotContain("SECRETKEY", "hunter2", "s3cr3t", "T0K3N", ":pw@", "\n");
    }
}
