package dev.tocsin.filters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WrongConditionTest {
    private static final EventDecoder EVENT = EventDecoder.of(
            "event Everything(uint256 value, int256 delta, uint8 small, "
                    + "address indexed to, bool flag, bytes32 id, bytes4 sel, string note, bytes blob, string indexed tag)");
    private static final Units UNITS = Units.of(Map.of("USDC", 6, "WETH", 18, "WBTC", 8));
    private static final String SOME = "00000000000000000000000000000000000a11ce";
    private static final String CHECKSUMMED = "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    /** One hundred; the mark stands before the character that must be named. */
    static List<String> wrong() {
        return List.of(
                // no field, or none of this event
                "¦",
                "   ¦",
                "¦amount >= 5",
                "¦Value >= 5",
                "¦VALUE >= 5",
                "¦5 >= value",
                "¦>= 5",
                "¦(value >= 5)",
                "¦\"value\" >= 5",
                "¦-value >= 5",
                "¦not flag == true",
                "¦! flag == true",
                "¦any(value >= 5)",
                "¦all(value >= 5)",
                "¦sum(value, 5m) >= 5",
                "¦value.raw >= 5",
                "¦é >= 5",
                "¦$ >= 5",
                // abs
                "abs¦",
                "abs ¦delta >= 5",
                "abs(¦",
                "abs(¦) >= 5",
                "abs(¦5) >= 5",
                "abs(¦amount0) >= 5",
                "abs(delta ¦>= 5",
                "abs(delta¦, value) >= 5",
                "abs(¦abs(delta)) >= 5",
                "abs(¦to) == 5",
                "abs(¦flag) == true",
                "abs(¦tag) == 5",
                "abs(delta) >= ¦-1",
                "¦Abs(delta) >= 5",
                // operators
                "value¦",
                "value ¦5",
                "value ¦= 5",
                "value ¦=> 5",
                "value ¦is 5",
                "value ¦in @list",
                "value ¦+ 1 >= 5",
                "value ¦% 2 == 0",
                "value ¦! 5",
                "value <¦> 5",
                "value ¦and flag == true",
                "to ¦>= 0x" + SOME,
                "to ¦< 0x" + SOME,
                "flag ¦> false",
                "id ¦<= 0x" + "ab".repeat(32),
                "note ¦>= \"a\"",
                "blob ¦< 0x00",
                "tag ¦> 0x" + "ab".repeat(32),
                // amounts
                "value >= ¦",
                "value >= ¦value",
                "value >= ¦USDC",
                "value >= ¦true",
                "value >= ¦\"5\"",
                "value >= ¦0x05",
                "value >= ¦$50k",
                "value >= ¦- 5",
                "value >= ¦+5",
                "value >= ¦1e18",
                "value >= ¦1__000",
                "value >= ¦1_",
                "value >= ¦_1",
                "value >= ¦1._5 USDC",
                "value >= ¦1. USDC",
                "value >= ¦.5 USDC",
                "value >= ¦1.5.5 USDC",
                "value >= 1¦,000",
                "value >= ¦500USDC",
                "value >= ¦1.5",
                "value >= ¦0.1",
                "value >= ¦-1",
                "value >= ¦-1 USDC",
                "small == ¦256",
                "small >= ¦1_000 USDC",
                "value >= ¦115792089237316195423570985008687907853269984665640564039457584007913129639936",
                "delta >= ¦57896044618658097711785492504343953926634992332820282019728792003956564819968",
                "delta <= ¦-57896044618658097711785492504343953926634992332820282019728792003956564819969",
                // units
                "value >= 5 ¦usdc",
                "value >= 5 ¦DAI",
                "value >= 5 ¦USD",
                "value >= ¦0.0000001 USDC",
                "value >= ¦1.123456789 WBTC",
                "value >= 5¦%",
                "value >= 5 ¦ether",
                // what follows
                "value >= 5 USDC ¦USDC",
                "value >= 5 ¦and flag == true",
                "value >= 5 USDC ¦&& flag == true",
                "¦5",
                "value >= 5 ¦>= 5",
                "value >= 5 USDC¦)",
                // addresses, bools, bytes, texts
                "to == ¦0x123",
                "to == ¦0x" + CHECKSUMMED.replace("aAeb", "aaeb"),
                "to == ¦\"0x" + SOME + "\"",
                "flag == ¦yes",
                "flag == ¦1",
                "id == ¦0x" + "ab".repeat(31),
                "sel == ¦0xa9059cbg",
                "note == ¦unquoted",
                "tag == ¦\"alice\"");
    }

    @Test
    void thereAreOneHundred() {
        assertThat(wrong()).hasSize(100).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aWrongConditionNamesTheColumn(String marked) {
        int mark = marked.indexOf('¦');
        String text = marked.replace("¦", "");
        int column = mark + 1;

        assertThatThrownBy(() -> Condition.parse(text, EVENT, UNITS))
                .isInstanceOfSatisfying(FilterSyntaxException.class, e -> {
                    assertThat(e.column()).isEqualTo(column);
                    assertThat(e).hasMessageContaining("column " + column + ": found ");
                    assertThat(e.expected()).isNotBlank();
                    assertThat(e.text()).isEqualTo(text);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "amount >= 5; 'a field of Everything: value, delta, small, to, flag, id, sel, note, blob, tag'",
                "VALUE >= 5; did you mean value?",
                "value >= 5 usdc; 'did you mean USDC? known units: USDC, WBTC, WETH'",
                "value >= 5 DAI; 'known units: USDC, WBTC, WETH'",
                "value >= 1.5; 'without a unit an amount is the raw integer on the chain; known units: USDC, WBTC, WETH'",
                "value >= 0.0000001 USDC; 'at most 6 decimals; USDC has no more of them'",
                "value = 5; equality is written ==",
                "value >= -1; the smallest uint256 here is 0",
                "to > 0x00; 'to is no number, but address'",
                "value >= 5 and flag == true; not supported yet: conditions of more than one comparison",
                "value >= $50k; not supported yet: amounts in dollars",
                "value >= 500USDC; put a space between the number and its unit",
                "tag == \"alice\"; an indexed string is only its hash"
            })
    void theMessageHelps(String text, String help) {
        assertThatThrownBy(() -> Condition.parse(text, EVENT, UNITS)).hasMessageContaining(help);
    }

    @Test
    void theWholeMessageIsOneLine() {
        assertThatThrownBy(() -> Condition.parse("value >= 400_000 USDX", EVENT, UNITS))
                .hasMessage("condition \"value >= 400_000 USDX\", column 18: found 'USDX', expected a unit or the end; "
                        + "known units: USDC, WBTC, WETH");
    }

    @Test
    void aTextThatIsTooLongIsRefusedUnread() {
        assertThatThrownBy(() -> Condition.parse("value >= " + "1".repeat(500), EVENT, UNITS))
                .isInstanceOf(FilterSyntaxException.class)
                .hasMessageContaining("at most 500");
    }

    @Test
    void aTextThatIsNotClosedIsRefused() {
        assertThatThrownBy(() -> Condition.parse("note == \"abc", EVENT, UNITS))
                .isInstanceOfSatisfying(
                        FilterSyntaxException.class, e -> assertThat(e.column()).isEqualTo(13));
    }
}
