package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.Keccak256;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;

/** Hexadecimal text as JSON-RPC writes it. */
final class Hex {
    private static final HexFormat FORMAT = HexFormat.of();

    private Hex() {}

    /** The address in lower case. */
    static String address(String text, String name) {
        String lower = data(text, name);
        if (lower.length() != 42) {
            throw new IllegalArgumentException(name + " must be 0x and 40 hexadecimal digits, was " + text);
        }
        return lower;
    }

    /** The bytes' text in lower case. */
    static String data(String text, String name) {
        requireNonNull(text, name);
        if (!text.matches("0x([0-9a-fA-F]{2})*+")) {
            throw new IllegalArgumentException(name + " must be 0x and pairs of hexadecimal digits");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    static byte[] bytes(String data) {
        return FORMAT.parseHex(data, 2, data.length());
    }

    static String of(byte[] bytes) {
        return "0x" + FORMAT.formatHex(bytes);
    }

    /** The hash of a signed transaction, known before it is sent. */
    static String hash(String signedHex) {
        return of(Keccak256.hash(bytes(signedHex)));
    }

    static String quantity(BigInteger number) {
        return "0x" + number.toString(16);
    }

    static String quantity(long number) {
        return "0x" + Long.toHexString(number);
    }
}
