package dev.tocsin.rpcpool.internal.read;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Parameters by chance: such as callers pass, and odd ones. */
public final class RandomJson {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String[] TEXTS = {
        "latest",
        "pending",
        "0x",
        "0x0",
        "0x1",
        "0x01",
        "0xaB",
        "0xAb",
        "0xzz",
        "",
        "Transfer",
        "0x" + "Cd".repeat(32),
        "\"",
        "é",
        "1",
        "true"
    };
    private static final String[] FIELDS = {
        "fromBlock",
        "toBlock",
        "blockHash",
        "blockNumber",
        "address",
        "topics",
        "to",
        "data",
        "0xaA",
        "0xAa",
        "",
        "requireCanonical"
    };

    private final Random random;

    public RandomJson(Random random) {
        this.random = random;
    }

    public String oneOf(String... all) {
        return all[random.nextInt(all.length)];
    }

    /** Made of anything, also of what is no JSON. */
    public List<@Nullable Object> params() {
        List<@Nullable Object> params = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            params.add(random.nextInt(12) == 0 ? odd() : json(3));
        }
        return params;
    }

    /** Made of what JSON is made of. */
    @Nullable Object json(int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0 -> null;
            case 1 -> random.nextInt(3);
            case 2 -> random.nextBoolean();
            case 3, 4, 5 -> oneOf(TEXTS);
            case 6 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(json(depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(oneOf(FIELDS), json(depth - 1));
                }
                yield map;
            }
        };
    }

    /** The same, said otherwise: fields in another order, digits in another case, other classes for the same value. */
    @Nullable Object sameButOther(@Nullable Object value) {
        if (value != null && random.nextInt(4) == 0) {
            return JSON.valueToTree(said(value));
        }
        return said(value);
    }

    private @Nullable Object said(@Nullable Object value) {
        return switch (value) {
            case Integer number ->
                random.nextBoolean() ? Long.valueOf(number) : (Object) BigInteger.valueOf(number.longValue());
            case String text when Hex.isHex(text) -> otherCase(text);
            case List<?> list -> {
                List<@Nullable Object> other = new ArrayList<>();
                list.forEach(element -> other.add(sameButOther(element)));
                yield random.nextBoolean() ? other : other.toArray();
            }
            case Map<?, ?> map -> {
                List<Map.Entry<?, ?>> fields = new ArrayList<>(map.entrySet());
                Collections.shuffle(fields, random);
                Map<String, @Nullable Object> other = new LinkedHashMap<>();
                fields.forEach(field -> other.put((String) field.getKey(), sameButOther(field.getValue())));
                yield other;
            }
            case null, default -> value;
        };
    }

    private String otherCase(String hex) {
        StringBuilder other = new StringBuilder("0x");
        for (char c : hex.substring(2).toCharArray()) {
            other.append(random.nextBoolean() ? Character.toUpperCase(c) : Character.toLowerCase(c));
        }
        return other.toString();
    }

    private Object odd() {
        return switch (random.nextInt(7)) {
            case 0 -> new TreeMap<>(Map.of(1, "0x1"));
            case 1 -> new Object();
            case 2 -> new byte[] {1};
            case 3 -> Double.NaN;
            case 4 -> Collections.singletonMap(null, null);
            case 5 -> {
                List<Object> round = new ArrayList<>();
                round.add(round);
                yield round;
            }
            default -> {
                Map<String, Object> round = new LinkedHashMap<>();
                round.put("blockNumber", round);
                yield round;
            }
        };
    }
}
