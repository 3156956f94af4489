package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/** Hexadecimal text as JSON-RPC writes it. */
final class HexText {
    /** The parent of a first block, and a hash that no block has. */
    static final String ZERO_HASH = "0x" + "0".repeat(64);

    private HexText() {}

    /** The hash in lower case, if it is {@code 0x} and 1 to 64 digits. */
    static String hash(String text, String name) {
        requireNonNull(text, name);
        if (text.length() > 66 || text.length() < 3 || !isHex(text)) {
            throw new IllegalArgumentException(name + " must be 0x and 1 to 64 hexadecimal digits, was " + text);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /** The bytes' text in lower case, if it is {@code 0x} and exactly so many bytes. */
    static String bytes(String text, int bytes, String name) {
        requireNonNull(text, name);
        if (!isBytes(text, bytes)) {
            throw new IllegalArgumentException(
                    name + " must be 0x and " + 2 * bytes + " hexadecimal digits, was " + text);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    static boolean isBytes(String text, int bytes) {
        return text.length() == 2 + 2 * bytes && isHex(text);
    }

    /** Whether it is {@code 0x} and any number of hexadecimal digits. */
    static boolean isHex(String text) {
        if (!text.startsWith("0x")) {
            return false;
        }
        for (int i = 2; i < text.length(); i++) {
            char c = text.charAt(i);
            int lower = c | 0x20;
            if ((c < '0' || c > '9') && (lower < 'a' || lower > 'f')) {
                return false;
            }
        }
        return true;
    }
}
