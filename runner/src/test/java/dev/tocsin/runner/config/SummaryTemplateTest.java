package dev.tocsin.runner.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.filters.FilterSet;
import dev.tocsin.filters.Log;
import dev.tocsin.filters.Match;
import dev.tocsin.filters.Rule;
import dev.tocsin.filters.Units;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTemplateTest {

    private static final Units USDC = Units.of(Map.of("USDC", 6));
    private static final List<String> FIELDS = List.of("from", "to", "value");

    private static Match transferOf(String hexWord) {
        String address = "0x00000000000000000000000000000000000000aa";
        Log log = new Log(
                1,
                7,
                "0x" + "1".repeat(64),
                Instant.EPOCH,
                "0x" + "2".repeat(64),
                3,
                address,
                List.of(
                        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
                        "0x" + "0".repeat(63) + "1",
                        "0x" + "0".repeat(63) + "2"),
                "0x" + "0".repeat(64 - hexWord.length()) + hexWord);
        return FilterSet.of(
                        Rule.named("r").on("event Transfer(address indexed from, address indexed to, uint256 value)"))
                .match(log)
                .getFirst();
    }

    @Test
    void anAmountIsWrittenInWholeTokens() {
        SummaryTemplate template = SummaryTemplate.parse("{value USDC} in {block}", FIELDS, USDC, List.of("USDC"));

        assertThat(template.of(transferOf(Long.toHexString(1_234_567_890_123L))))
                .isEqualTo("1,234,567.8901 USDC in 7");
        assertThat(template.of(transferOf(Long.toHexString(250_000_000_000L)))).isEqualTo("250,000 USDC in 7");
        assertThat(template.of(transferOf("0"))).isEqualTo("0 USDC in 7");
    }

    @Test
    void whatIsNoFieldIsRefusedWithAHint() {
        assertThatThrownBy(() -> SummaryTemplate.parse("{valeu}", FIELDS, USDC, List.of("USDC")))
                .hasMessageContaining("{valeu}")
                .hasMessageContaining("did you mean \"value\"?");
        assertThatThrownBy(() -> SummaryTemplate.parse("{value USDT}", FIELDS, USDC, List.of("USDC")))
                .hasMessageContaining("USDT");
    }
}
