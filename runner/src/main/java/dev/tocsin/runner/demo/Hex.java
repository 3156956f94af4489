package dev.tocsin.runner.demo;

import dev.tocsin.filters.Keccak256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The two hex forms of the JSON-RPC interface: data (two digits a byte) and quantities (no leading zero). */
final class Hex {

    private static final HexFormat FORMAT = HexFormat.of();

    private Hex() {}

    static String data(byte[] bytes) {
        return "0x" + FORMAT.formatHex(bytes);
    }

    static byte[] bytes(String data) {
        return FORMAT.parseHex(data, 2, data.length());
    }

    static String quantity(long value) {
        return "0x" + Long.toHexString(value);
    }

    static String quantity(BigInteger value) {
        return "0x" + value.toString(16);
    }

    static long number(String quantity) {
        return Long.parseLong(quantity, 2, quantity.length(), 16);
    }

    /** One 32-byte word. */
    static String word(BigInteger value) {
        String digits = value.toString(16);
        return "0".repeat(64 - digits.length()) + digits;
    }

    /** An address as a 32-byte topic. */
    static String topic(String address) {
        return "0x" + "0".repeat(24) + address.substring(2);
    }

    /** The hash of some text: for what has to look like a hash and to be the same each time. */
    static String hashOf(String text) {
        return data(Keccak256.hash(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether this is {@code 0x} and exactly so many bytes; -1 for any whole number of bytes. */
    static boolean isData(String text, int bytes) {
        if (!text.startsWith("0x") || text.length() % 2 != 0 || (bytes >= 0 && text.length() != 2 + 2 * bytes)) {
            return false;
        }
        for (int i = 2; i < text.length(); i++) {
            if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
                return false;
            }
        }
        return true;
    }
}
