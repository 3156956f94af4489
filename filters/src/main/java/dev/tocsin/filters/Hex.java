package dev.tocsin.filters;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Hexadecimal text as nodes write it: {@code 0x} and two digits a byte. */
final class Hex {
    private static final HexFormat LOWER = HexFormat.of();

    private Hex() {}

    /** The bytes, or null if the text is not {@code 0x} and an even number of hexadecimal digits. */
    static byte @Nullable [] parse(String text) {
        int length = text.length();
        if (length < 2 || (length & 1) != 0 || text.charAt(0) != '0' || (text.charAt(1) | 0x20) != 'x') {
            return null;
        }
        byte[] bytes = new byte[length / 2 - 1];
        for (int i = 0; i < bytes.length; i++) {
            int high = digit(text.charAt(2 * i + 2));
            int low = digit(text.charAt(2 * i + 3));
            if ((high | low) < 0) {
                return null;
            }
            bytes[i] = (byte) ((high << 4) | low);
        }
        return bytes;
    }

    static String of(byte[] bytes) {
        return "0x" + LOWER.formatHex(bytes);
    }

    static String of(byte[] bytes, int from, int to) {
        return "0x" + LOWER.formatHex(bytes, from, to);
    }

    /** The digit's value, or -1. {@code Character.digit} would accept digits of other scripts. */
    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
