package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.hex.Keccak256;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The 2048-bit filter of a block's log addresses and topics (Ethereum yellow paper, section 4.3.1). An item is a packed triple of
 * bit numbers, computed once.
 */
final class Bloom {
    /** The filter of a block without logs, and of chains that do not fill it in. */
    static final Bloom ZERO = new Bloom(new long[32]);

    private static final int DIGITS = 512;

    private final long[] words;

    private Bloom(long[] words) {
        this.words = words;
    }

    /** The filter in the text of JSON-RPC. */
    static Bloom parse(String text) {
        if (text.length() != 2 + DIGITS || !text.startsWith("0x")) {
            throw new IllegalArgumentException("logsBloom must be 0x and 512 hexadecimal digits");
        }
        long[] words = new long[32];
        for (int i = 0; i < words.length; i++) {
            words[i] = HexFormat.fromHexDigitsToLong(text, 2 + 16 * i, 18 + 16 * i);
        }
        return new Bloom(words);
    }

    /** The filter that contains these items and nothing else. */
    static Bloom of(Iterable<Long> items) {
        Bloom bloom = new Bloom(new long[32]);
        for (long item : items) {
            for (int shift = 0; shift < 33; shift += 11) {
                int bit = (int) (item >>> shift) & 0x7ff;
                bloom.words[31 - (bit >>> 6)] |= 1L << bit;
            }
        }
        return bloom;
    }

    /** The three bits of an address or topic, given as {@code 0x} and digits. */
    static long item(String hex) {
        byte[] hash = Keccak256.hash(Hex.bytes(hex));
        long item = 0;
        for (int i = 0; i < 6; i += 2) {
            item = (item << 11) | ((hash[i] & 0x07) << 8) | (hash[i + 1] & 0xff);
        }
        return item;
    }

    boolean mayContain(long item) {
        return has(item) && has(item >>> 11) && has(item >>> 22);
    }

    boolean isZero() {
        long any = 0;
        for (long word : words) {
            any |= word;
        }
        return any == 0;
    }

    boolean sameAs(Bloom other) {
        return Arrays.equals(words, other.words);
    }

    private boolean has(long bits) {
        int bit = (int) bits & 0x7ff;
        return (words[31 - (bit >>> 6)] & (1L << bit)) != 0;
    }
}
