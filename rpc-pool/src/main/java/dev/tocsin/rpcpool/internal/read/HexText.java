package dev.tocsin.rpcpool.internal.read;

import java.util.Locale;

/** Hexadecimal text as JSON-RPC has it: {@code 0x} and digits. */
final class HexText {

    /** Of a hash: 0x and 32 bytes. */
    static final int HASH_LENGTH = 66;

    private static final int PREFIX = 2;
    private static final int MOST_DIGITS = 16;

    private HexText() {}

    /** Whether it is {@code 0x} and nothing but digits, one at least. */
    static boolean isHex(String text) {
        if (text.length() <= PREFIX || !text.startsWith("0x")) {
            return false;
        }
        for (int i = PREFIX; i < text.length(); i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** The number, or -1 if it is none that fits a long. */
    static long quantity(String text) {
        if (text.length() > PREFIX + MOST_DIGITS || !isHex(text)) {
            return -1;
        }
        long value = 0;
        for (int i = PREFIX; i < text.length(); i++) {
            value = value << 4 | Character.digit(text.charAt(i), 16);
        }
        return value < 0 ? -1 : value;
    }

    /** The same in small letters if it is hexadecimal; otherwise as it is. */
    static String smallIfHex(String text) {
        if (text.length() <= PREFIX || text.charAt(0) != '0' || text.charAt(1) != 'x') {
            return text;
        }
        boolean hasLarge = false;
        for (int i = PREFIX; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                return text;
            }
            hasLarge |= c >= 'A' && c <= 'F';
        }
        return hasLarge ? text.toLowerCase(Locale.ROOT) : text;
    }

    private static boolean isDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
