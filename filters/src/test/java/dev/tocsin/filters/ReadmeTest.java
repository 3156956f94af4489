package dev.tocsin.filters;

import static dev.tocsin.filters.Events.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The code of README.md and of the Javadoc, which is cut from here. */
class ReadmeTest {
    @Test
    void theCodeOfTheReadmeRuns() {
        List<String> printed = new ArrayList<>();
        Log log = Events.transfer(1_500_000_000_000L, NOON, 1);

        // @start region="readme"
        String usdc = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
        FilterSet filters = FilterSet.builder()
                .units(Units.of(Map.of("USDC", 6)))
                .rule(Rule.named("whale")
                        .on("event Transfer(address indexed from, address indexed to, uint256 value)")
                        .at(usdc)
                        .when("value >= 400_000 USDC")
                        .cooldown(Duration.ofMinutes(3))
                        .per("to"))
                .build();

        for (Match match : filters.match(log)) {
            printed.add(match.rule() + " " + match.event().number("value") + " to "
                    + match.event().address("to"));
        }
        // @end

        assertThat(printed).containsExactly("whale 1500000000000 to " + Events.BOB);
    }

    @Test
    void theCodeOfTheJavadocRuns() {
        // @start region="rule"
        Rule whale = Rule.named("whale")
                .on("event Transfer(address indexed from, address indexed to, uint256 value)")
                .at("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48")
                .when("value >= 400_000 USDC")
                .cooldown(Duration.ofMinutes(3))
                .per("to");
        // @end

        assertThat(whale).hasToString("Rule[whale on Transfer(address,address,uint256) when value >= 400_000 USDC]");
    }

    @Test
    void readmeShowsThatCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/tocsin/filters/ReadmeTest.java"));
        int start = source.indexOf('\n', source.indexOf("@start region=\"readme\"")) + 1;
        String code = source.substring(start, source.lastIndexOf('\n', source.indexOf("@end", start)))
                .stripIndent()
                .strip();

        assertThat(Files.readString(Path.of("README.md"))).contains(code);
    }
}
