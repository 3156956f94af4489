package dev.tocsin.filters;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Events and logs that several tests use. */
final class Events {
    static final String TRANSFER = "event Transfer(address indexed from, address indexed to, uint256 value)";
    static final String SWAP_V2 = "event Swap(address indexed sender, uint256 amount0In, uint256 amount1In, "
            + "uint256 amount0Out, uint256 amount1Out, address indexed to)";
    static final String SWAP_V3 = "event Swap(address indexed sender, address indexed recipient, int256 amount0, "
            + "int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)";

    static final String USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
    static final String WETH = "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2";
    static final String ALICE = "0x00000000000000000000000000000000000a11ce";
    static final String BOB = "0x0000000000000000000000000000000000000b0b";
    static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private Events() {}

    /** A log of a decoder's event; words in the order of topics after the first, then data. */
    static Log log(EventDecoder decoder, List<String> indexedWords, String... dataWords) {
        List<String> topics = new ArrayList<>();
        topics.add(decoder.topic0());
        indexedWords.forEach(word -> topics.add("0x" + word));
        return new Log(1, 17, hash(17), NOON, hash(1), 3, USDC, topics, "0x" + String.join("", dataWords));
    }

    static Log transfer(String token, String to, BigInteger value, Instant at, int logIndex) {
        EventDecoder decoder = EventDecoder.of(TRANSFER);
        List<String> topics = List.of(decoder.topic0(), "0x" + word(ALICE), "0x" + word(to));
        return new Log(1, 17, hash(17), at, hash(1), logIndex, token, topics, "0x" + word(value));
    }

    static Log transfer(long value, Instant at, int logIndex) {
        return transfer(USDC, BOB, BigInteger.valueOf(value), at, logIndex);
    }

    static Event event(EventDecoder decoder, Log log) {
        return switch (decoder.decode(log)) {
            case Event event -> event;
            case NotThisEvent not -> throw new AssertionError(not.why());
        };
    }

    /** 64 digits of a number, in two's complement if it is negative. */
    static String word(BigInteger number) {
        BigInteger unsigned = number.signum() < 0 ? number.add(BigInteger.ONE.shiftLeft(256)) : number;
        String digits = unsigned.toString(16);
        return "0".repeat(64 - digits.length()) + digits;
    }

    static String word(long number) {
        return word(BigInteger.valueOf(number));
    }

    /** 64 digits of an address. */
    static String word(String address) {
        return "0".repeat(24) + address.substring(2);
    }

    /** The digits of bytes, filled up to whole words on the right. */
    static String padded(byte[] bytes) {
        return Hex.of(Arrays.copyOf(bytes, (bytes.length + 31) / 32 * 32)).substring(2);
    }

    static String hash(long number) {
        return "0x" + word(number);
    }
}
