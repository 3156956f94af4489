package dev.tocsin.rpcpool.internal.hex;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;

/** Hexadecimal text as JSON-RPC has it: {@code 0x} and digits, for bytes ("data") two a byte, for numbers ("quantities") as few as possible. */
public final class Hex {

    /** The parent of a first block, and a hash that no block has. */
    public static final String ZERO_HASH = "0x" + "0".repeat(64);

    private static final int HASH_BYTES = 32;
    private static final int ADDRESS_BYTES = 20;
    private static final int PREFIX = 2;
    private static final int MOST_DIGITS = 16;
    private static final HexFormat FORMAT = HexFormat.of();

    private Hex() {}

    /** Whether it is {@code 0x} and nothing but digits, one at least. */
    public static boolean isHex(String text) {
        return text.length() > PREFIX && hasDigitsOnly(text);
    }

    /** Whether it is {@code 0x} and pairs of digits, or none. */
    public static boolean isData(String text) {
        return text.length() % 2 == 0 && hasDigitsOnly(text);
    }

    /** Whether it is {@code 0x} and exactly so many bytes. */
    public static boolean isBytes(String text, int bytes) {
        return text.length() == PREFIX + 2 * bytes && hasDigitsOnly(text);
    }

    /** Whether it is {@code 0x} and 32 bytes. */
    public static boolean isHash(String text) {
        return isBytes(text, HASH_BYTES);
    }

    /** The bytes' text in lower case. */
    public static String requireData(String text, String name) {
        if (!isData(requireNonNull(text, name))) {
            throw new IllegalArgumentException(name + " must be 0x and pairs of hexadecimal digits");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /** The bytes' text in lower case, if they are so many. */
    public static String requireBytes(String text, int bytes, String name) {
        if (!isBytes(requireNonNull(text, name), bytes)) {
            throw new IllegalArgumentException(
                    name + " must be 0x and " + 2 * bytes + " hexadecimal digits, was " + text);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /** The address in lower case. */
    public static String requireAddress(String text, String name) {
        return requireBytes(text, ADDRESS_BYTES, name);
    }

    /** The text in lower case, if it is {@code 0x} and 1 to so many digits. */
    public static String requireDigits(String text, int most, String name) {
        if (!isHex(requireNonNull(text, name)) || text.length() > PREFIX + most) {
            throw new IllegalArgumentException(
                    name + " must be 0x and 1 to " + most + " hexadecimal digits, was " + text);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    /** The number, or -1 if it is none that fits a long. */
    public static long number(String text) {
        if (text.length() > PREFIX + MOST_DIGITS || !isHex(text)) {
            return -1;
        }
        long value = 0;
        for (int i = PREFIX; i < text.length(); i++) {
            value = value << 4 | Character.digit(text.charAt(i), 16);
        }
        return value < 0 ? -1 : value;
    }

    public static String quantity(long number) {
        return "0x" + Long.toHexString(number);
    }

    public static String quantity(BigInteger number) {
        return "0x" + number.toString(16);
    }

    public static String of(byte[] bytes) {
        return "0x" + FORMAT.formatHex(bytes);
    }

    public static byte[] bytes(String data) {
        return FORMAT.parseHex(data, PREFIX, data.length());
    }

    /** The hash of the bytes; of a signed transaction its own, but for one with blobs. */
    public static String keccak256(String data) {
        return of(Keccak256.hash(bytes(data)));
    }

    /** The same in small letters if it is hexadecimal; otherwise as it is. */
    public static String smallIfHex(String text) {
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

    private static boolean hasDigitsOnly(String text) {
        if (!text.startsWith("0x")) {
            return false;
        }
        for (int i = PREFIX; i < text.length(); i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
