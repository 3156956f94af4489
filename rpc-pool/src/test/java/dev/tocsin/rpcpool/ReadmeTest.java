package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.sender.TransactionSenderBuilder;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadmeTest {

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        try (FakeNode a = FakeNode.start();
                FakeNode b = FakeNode.start()) {
            Reply balance = new Reply.Result("\"0xde0b6b3a7640000\"");
            a.on("eth_getBalance", balance);
            b.on("eth_getBalance", balance);
            String mine = a.url();
            String provider = b.url();
            String address = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
            // @start region="readme"
            try (RpcPool pool = RpcPool.builder()
                    .chain(1)
                    .primary(mine)
                    .fallback(provider)
                    .callTimeout(Duration.ofSeconds(5))
                    .open()) {
                long head = pool.call("eth_blockNumber").asLong();
                System.out.println("head " + head + ", balance "
                        + pool.call("eth_getBalance", address, "latest").asQuantity());

                for (CallOutcome outcome : pool.batch(List.of(RpcCall.of("eth_chainId"), RpcCall.of("eth_call")))) {
                    System.out.println(
                            switch (outcome) {
                                case CallOutcome.Answered answered ->
                                    answered.result().asText();
                                case CallOutcome.Rejected rejected -> rejected.node() + " said " + rejected.message();
                            });
                }
                pool.status().nodes().forEach(node -> System.out.println(node.name() + " " + node.state()));
            }
            // @end
            assertThat(a.asked("eth_getBalance")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ReadmeTest, readme",
        "OneViewIT, readme-session",
        "SendIT, readme-send",
        "faults/FaultyNodeIT, readme-faults",
        "relay/PrivateRelayIT, readme-relay",
        "sender/TransactionSenderIT, readme-sender",
        "stream/LogStreamIT, readme-stream"
    })
    void readmeShowsCodeThatRuns(String file, String region) throws IOException {
        assertThat(readme()).contains(region(file + ".java", region));
    }

    @Test
    void everySettingHasARowInTheTable() throws IOException {
        String readme = readme();
        String table = readme.substring(readme.indexOf("\n## Settings"), readme.indexOf("\n## What goes wrong"));

        assertThat(RpcPoolBuilder.class.getMethods())
                .filteredOn(method -> method.getReturnType() == RpcPoolBuilder.class)
                .extracting(Method::getName)
                .contains("primary", "listener")
                .allSatisfy(setting -> assertThat(table).containsPattern("\\n\\| [^|]*`" + setting + "[`(][^|]*\\|"));
    }

    @Test
    void everySettingOfTheSenderHasARowInItsTable() throws IOException {
        String readme = readme();
        String section = readme.substring(readme.indexOf("\n## Sender"), readme.indexOf("\n## Private relay"));

        assertThat(TransactionSenderBuilder.class.getMethods())
                .filteredOn(method -> method.getReturnType() == TransactionSenderBuilder.class)
                .extracting(Method::getName)
                .contains("maxFee", "confirmations")
                .allSatisfy(setting ->
                        assertThat(section).containsPattern("\\n\\| [^|]*`" + setting + "`[^|]*\\|[^|]+\\|[^|]+\\|"));
    }

    @Test
    void theContentsLeadToEverySection() throws IOException {
        String readme = readme();
        String contents = readme.substring(0, readme.indexOf("\n## "));

        assertThat(Pattern.compile("(?m)^## (.+)$").matcher(readme).results().map(heading -> heading.group(1)))
                .hasSizeGreaterThan(10)
                .allSatisfy(title -> assertThat(contents)
                        .contains("(#"
                                + title.toLowerCase(Locale.ROOT)
                                        .replaceAll("[^a-z0-9 -]", "")
                                        .replace(' ', '-') + ")"));
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    private static String region(String file, String name) throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/tocsin/rpcpool", file));
        int start = source.indexOf('\n', source.indexOf("@start region=\"" + name + "\"")) + 1;
        return source.substring(start, source.lastIndexOf('\n', source.indexOf("// @end", start)))
                .stripIndent()
                .strip();
    }
}
