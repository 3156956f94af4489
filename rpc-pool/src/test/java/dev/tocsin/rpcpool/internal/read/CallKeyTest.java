package dev.tocsin.rpcpool.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.RpcCall;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CallKeyTest {

    private static final String ADDRESS = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";

    @Test
    void theOrderOfFieldsDoesNotCount() {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("a", 1);
        one.put("b", 2);
        Map<String, Object> other = new LinkedHashMap<>();
        other.put("b", 2);
        other.put("a", 1);

        assertThat(key("eth_call", one, "latest")).isEqualTo(key("eth_call", other, "latest"));
    }

    @Test
    void theCaseOfHexadecimalDoesNotCount() {
        assertThat(key("eth_getBalance", ADDRESS, "0xA"))
                .isEqualTo(key("eth_getBalance", ADDRESS.toLowerCase(Locale.ROOT), "0xa"));
    }

    @Test
    void theCaseOfOtherTextsCounts() {
        assertThat(key("x", "0xAz")).isNotEqualTo(key("x", "0xaz"));
        assertThat(key("x", "AB")).isNotEqualTo(key("x", "ab"));
    }

    @Test
    void leadingZerosCount() {
        assertThat(key("x", "0x01")).isNotEqualTo(key("x", "0x1"));
    }

    @Test
    void theOrderOfListsCounts() {
        assertThat(key("x", List.of("0x1", "0x2"))).isNotEqualTo(key("x", List.of("0x2", "0x1")));
    }

    @Test
    void valuesOfOtherKindsAreNotMixedUp() {
        List<CallKey> keys = Stream.of(
                        RpcCall.of("x"),
                        RpcCall.of("x", (Object) null),
                        RpcCall.of("x", "n"),
                        RpcCall.of("x", "null"),
                        RpcCall.of("x", 1),
                        RpcCall.of("x", "1"),
                        RpcCall.of("x", true),
                        RpcCall.of("x", "true"),
                        RpcCall.of("x", List.of()),
                        RpcCall.of("x", Map.of()),
                        RpcCall.of("x", List.of(1, 2)),
                        RpcCall.of("x", 1, 2),
                        RpcCall.of("x", 12),
                        RpcCall.of("x", "a", "b"),
                        RpcCall.of("x", "ab"),
                        RpcCall.of("x", Map.of("a", "b")),
                        RpcCall.of("x", Map.of("a", List.of("b"))),
                        RpcCall.of("x1"))
                .map(CallKey::of)
                .toList();

        assertThat(keys).doesNotContainNull().doesNotHaveDuplicates();
    }

    @Test
    void whatIsNoJsonHasNoKey() {
        assertThat(CallKey.of(RpcCall.of("x", new Object()))).isNull();
        assertThat(CallKey.of(RpcCall.of("x", new TreeMap<>(Map.of(1, 2))))).isNull();
        assertThat(CallKey.of(RpcCall.of("x", (Object) new byte[] {1}))).isNull();
        List<Object> round = new ArrayList<>();
        round.add(round);
        assertThat(CallKey.of(RpcCall.of("x", round))).isNull();
        round.add(round);
        assertThat(CallKey.of(RpcCall.of("x", round))).isNull();
    }

    @TestFactory
    Stream<DynamicTest> keysAreEqualIfAndOnlyIfTheCallsMeanTheSame() {
        return IntStream.range(0, 10)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    RandomJson random = new RandomJson(new Random(seed));
                    Map<Object, CallKey> keys = new HashMap<>();
                    Map<CallKey, Object> meanings = new HashMap<>();
                    for (int i = 0; i < 3_000; i++) {
                        List<@Nullable Object> params = Arrays.asList(random.json(2), random.json(1));
                        List<@Nullable Object> other =
                                params.stream().map(random::sameButOther).toList();
                        Object meaning = meaning(params);
                        CallKey key = CallKey.of(new RpcCall("eth_x", params));

                        assertThat(key).as("%s", params).isNotNull();
                        assertThat(CallKey.of(new RpcCall("eth_x", other)))
                                .as("%s", params)
                                .isEqualTo(key);
                        assertThat(keys.computeIfAbsent(meaning, fresh -> key))
                                .as("%s", params)
                                .isEqualTo(key);
                        assertThat(meanings.computeIfAbsent(key, fresh -> meaning))
                                .as("%s", params)
                                .isEqualTo(meaning);
                    }
                }));
    }

    /** The truth, told by Java's own equality. */
    private static @Nullable Object meaning(@Nullable Object value) {
        return switch (value) {
            case Integer number -> BigInteger.valueOf(number.longValue());
            case String text when text.matches("0x[0-9a-fA-F]+") -> text.toLowerCase(Locale.ROOT);
            case List<?> list -> {
                List<@Nullable Object> meanings = new ArrayList<>();
                list.forEach(element -> meanings.add(meaning(element)));
                yield meanings;
            }
            case Map<?, ?> map -> {
                // two fields whose names differ in case only are both meant
                Map<Object, List<@Nullable Object>> meanings = new HashMap<>();
                new TreeMap<>(map)
                        .forEach((name, inner) -> meanings.computeIfAbsent(
                                        String.valueOf(meaning(name)), fresh -> new ArrayList<>())
                                .add(meaning(inner)));
                yield meanings;
            }
            case null, default -> value;
        };
    }

    private static @Nullable CallKey key(String method, @Nullable Object... params) {
        return CallKey.of(RpcCall.of(method, params));
    }
}
