package dev.tocsin.filters;

import static dev.tocsin.filters.Events.ALICE;
import static dev.tocsin.filters.Events.event;
import static dev.tocsin.filters.Events.log;
import static dev.tocsin.filters.Events.padded;
import static dev.tocsin.filters.Events.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
    private static final Units UNITS = Units.of(Map.of("USDC", 6, "WETH", 18, "USDC.e", 6, "RAW", 0, "DUST", 77));
    private static final EventDecoder TRANSFER = EventDecoder.of(Events.TRANSFER);
    private static final EventDecoder PAIR = EventDecoder.of("event Pair(uint256 u, int256 i)");
    private static final EventDecoder OTHERS =
            EventDecoder.of("event Others(bool flag, bytes4 sel, string indexed tag, string note, bytes blob)");

    @ParameterizedTest
    @CsvSource({
        "value >= 400_000 USDC, 400000000000, true",
        "value >= 400_000 USDC, 399999999999, false",
        "value > 0.5 WETH, 500000000000000000, false",
        "value > 0.5 WETH, 500000000000000001, true",
        "value == 1_0.0_1 USDC.e, 10010000, true",
        "value<=7, 7, true",
        "value < 7, 7, false",
        "value != 7, 7, false",
        "value == 007, 7, true",
        "value == 1.000 RAW, 1, true",
        "value == 0, 0, true",
        "abs(value) == 7, 7, true",
        "abs ( value ) == 7 , 7, true"
    })
    void amountsAreExact(String text, BigInteger value, boolean holds) {
        Event event = event(TRANSFER, log(TRANSFER, List.of(word(ALICE), word(ALICE)), word(value)));

        assertThat(Condition.parse(text, TRANSFER, UNITS).test(event)).isEqualTo(holds);
    }

    @Test
    void addressesAreComparedWhateverTheirCase() {
        String mixed = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        Event event = event(TRANSFER, log(TRANSFER, List.of(word(ALICE), word(mixed)), word(1)));

        assertThat(test("to == " + mixed, event)).isTrue();
        assertThat(test("to == 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", event))
                .isTrue();
        assertThat(test("to == 0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", event))
                .isTrue();
        assertThat(test("from == " + mixed, event)).isFalse();
        assertThat(test("from != " + mixed, event)).isTrue();
    }

    @Test
    void boolsBytesAndTextsAreCompared() {
        String hash = Hex.of(Keccak256.hash(new byte[] {1}));
        byte[] note = "naïve".getBytes(StandardCharsets.UTF_8);
        Log log = log(
                OTHERS,
                List.of(hash.substring(2)),
                word(1),
                "a9059cbb" + "0".repeat(56),
                word(128),
                word(192),
                word(note.length),
                padded(note),
                word(2),
                padded(new byte[] {1, 2}));
        Event event = event(OTHERS, log);

        assertThat(test("flag == true", event)).isTrue();
        assertThat(test("flag != true", event)).isFalse();
        assertThat(test("flag == false", event)).isFalse();
        assertThat(test("sel == 0xA9059CBB", event)).isTrue();
        assertThat(test("sel != 0xa9059cbb", event)).isFalse();
        assertThat(test("tag == " + hash, event)).isTrue();
        assertThat(test("note == \"naïve\"", event)).isTrue();
        assertThat(test("note != \"naive\"", event)).isTrue();
        assertThat(test("blob == 0x0102", event)).isTrue();
        assertThat(test("blob == 0x", event)).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyComparisonIsThatOfBigInteger(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 4_000; i++) {
            BigInteger value = unsigned(random);
            BigInteger signed = signed(random);
            Event event = event(PAIR, log(PAIR, List.of(), word(value), word(signed)));
            BigInteger limit = random.nextInt(4) == 0 ? value : unsigned(random);
            BigInteger signedLimit = random.nextInt(4) == 0 ? signed : signed(random);
            BigInteger absLimit =
                    random.nextInt(4) == 0 ? signed.abs() : signed(random).abs();
            for (Comparison sign : Comparison.values()) {
                assertThat(test("u " + sign + " " + limit, event)).isEqualTo(expected(value, sign, limit));
                assertThat(test("i " + sign + " " + signedLimit, event)).isEqualTo(expected(signed, sign, signedLimit));
                assertThat(test("abs(i) " + sign + " " + absLimit, event))
                        .isEqualTo(expected(signed.abs(), sign, absLimit));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void anyLiteralOfAnyUnitIsItsRawInteger(long seed) {
        Random random = new Random(seed);
        List<String> symbols = List.of("USDC", "WETH", "USDC.e", "RAW", "DUST");
        for (int i = 0; i < 4_000; i++) {
            String symbol = symbols.get(random.nextInt(symbols.size()));
            int decimals = UNITS.decimals(symbol).orElseThrow();
            BigInteger raw = unsigned(random);
            String literal = grouped(new BigDecimal(raw, decimals), random);
            Event event = event(PAIR, log(PAIR, List.of(), word(raw), word(0)));

            assertThat(test("u == " + literal + " " + symbol, event))
                    .as(literal)
                    .isTrue();
            assertThat(UNITS.amount(raw, symbol).orElseThrow()).isEqualByComparingTo(new BigDecimal(raw, decimals));
        }
    }

    @Test
    void anEventOfAnotherDecoderIsRefused() {
        Event event = event(TRANSFER, log(TRANSFER, List.of(word(ALICE), word(ALICE)), word(1)));
        Condition condition = Condition.parse("u == 1", PAIR, UNITS);

        assertThatThrownBy(() -> condition.test(event)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFieldMayBeCalledAbs() {
        EventDecoder odd = EventDecoder.of("event Odd(uint256 abs)");

        assertThat(Condition.parse("abs >= 5", odd, UNITS).test(event(odd, log(odd, List.of(), word(5)))))
                .isTrue();
    }

    @Test
    void aConditionKeepsItsText() {
        assertThat(Condition.parse(" value >= 5 USDC", TRANSFER, UNITS).text()).isEqualTo(" value >= 5 USDC");
    }

    private static boolean test(String text, Event event) {
        return Condition.parse(text, event.decoder(), UNITS).test(event);
    }

    /** Not by {@link Comparison}, which is under test. */
    private static boolean expected(BigInteger left, Comparison sign, BigInteger right) {
        int order = left.compareTo(right);
        return switch (sign.toString()) {
            case ">=" -> order > 0 || left.equals(right);
            case ">" -> order > 0;
            case "<=" -> order < 0 || left.equals(right);
            case "<" -> order < 0;
            case "==" -> left.equals(right);
            default -> !left.equals(right);
        };
    }

    private static BigInteger unsigned(Random random) {
        List<BigInteger> boundaries = new ArrayList<>(
                List.of(BigInteger.ZERO, BigInteger.ONE, power(255), power(256).subtract(BigInteger.ONE)));
        for (int exponent : new int[] {53, 64, 128}) {
            boundaries.addAll(List.of(
                    power(exponent).subtract(BigInteger.ONE),
                    power(exponent),
                    power(exponent).add(BigInteger.ONE)));
        }
        return random.nextBoolean()
                ? boundaries.get(random.nextInt(boundaries.size()))
                : new BigInteger(random.nextInt(257), random);
    }

    private static BigInteger signed(Random random) {
        BigInteger wrapped = unsigned(random);
        return wrapped.testBit(255) ? wrapped.subtract(power(256)) : random.nextBoolean() ? wrapped : wrapped.negate();
    }

    private static BigInteger power(int exponent) {
        return BigInteger.ONE.shiftLeft(exponent);
    }

    /** The number with underscores strewn between its digits, and zeros at its end or none. */
    private static String grouped(BigDecimal number, Random random) {
        String plain = (random.nextBoolean() ? number.stripTrailingZeros() : number).toPlainString();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < plain.length(); i++) {
            boolean betweenDigits =
                    i > 0 && Character.isDigit(plain.charAt(i)) && Character.isDigit(plain.charAt(i - 1));
            text.append(betweenDigits && random.nextInt(3) == 0 ? "_" : "").append(plain.charAt(i));
        }
        return text.toString();
    }
}
