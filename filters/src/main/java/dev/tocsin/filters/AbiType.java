package dev.tocsin.filters;

import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A type of the contract ABI that one word holds, or a dynamic byte sequence.
 *
 * @param kind the family
 * @param size bits of a number, bytes of {@code bytesN}; otherwise 0
 * @see <a href="https://docs.soliditylang.org/en/latest/abi-spec.html">Contract ABI specification</a>
 */
record AbiType(Kind kind, int size) {
    enum Kind {
        UINT,
        INT,
        ADDRESS,
        BOOL,
        FIXED_BYTES,
        BYTES,
        STRING
    }

    static final int WORD = 32;

    /** The type of this Solidity name, or null if there is none. */
    static @Nullable AbiType named(String name) {
        return switch (name) {
            case "address" -> new AbiType(Kind.ADDRESS, 0);
            case "bool" -> new AbiType(Kind.BOOL, 0);
            case "bytes" -> new AbiType(Kind.BYTES, 0);
            case "string" -> new AbiType(Kind.STRING, 0);
            case "uint" -> new AbiType(Kind.UINT, 256);
            case "int" -> new AbiType(Kind.INT, 256);
            default -> sized(name);
        };
    }

    private static @Nullable AbiType sized(String name) {
        if (name.startsWith("bytes")) {
            int bytes = number(name, 5);
            return bytes >= 1 && bytes <= 32 ? new AbiType(Kind.FIXED_BYTES, bytes) : null;
        }
        boolean unsigned = name.startsWith("uint");
        if (!unsigned && !name.startsWith("int")) {
            return null;
        }
        int bits = number(name, unsigned ? 4 : 3);
        boolean exists = bits >= 8 && bits <= 256 && bits % 8 == 0;
        return exists ? new AbiType(unsigned ? Kind.UINT : Kind.INT, bits) : null;
    }

    /** The decimal number that ends the name, or -1. */
    private static int number(String name, int from) {
        if (name.length() == from || name.length() > from + 3 || name.charAt(from) == '0') {
            return -1;
        }
        int value = 0;
        for (int i = from; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = 10 * value + c - '0';
        }
        return value;
    }

    boolean isDynamic() {
        return kind == Kind.BYTES || kind == Kind.STRING;
    }

    boolean isNumber() {
        return kind == Kind.UINT || kind == Kind.INT;
    }

    /** The smallest number of this type. */
    BigInteger min() {
        return kind == Kind.UINT
                ? BigInteger.ZERO
                : BigInteger.ONE.shiftLeft(size - 1).negate();
    }

    /** The largest number of this type. */
    BigInteger max() {
        return BigInteger.ONE.shiftLeft(kind == Kind.UINT ? size : size - 1).subtract(BigInteger.ONE);
    }

    /** The value in the word at the offset, or null if its padding is dirty. Not for dynamic types. */
    @Nullable Object read(byte[] bytes, int offset) {
        int end = offset + WORD;
        return switch (kind) {
            case UINT -> isAll(bytes, offset, end - size / 8, 0) ? new BigInteger(1, bytes, offset, WORD) : null;
            case INT -> {
                int start = end - size / 8;
                boolean clean = isAll(bytes, offset, start, bytes[start] < 0 ? -1 : 0);
                yield clean ? new BigInteger(bytes, offset, WORD) : null;
            }
            case ADDRESS -> isAll(bytes, offset, offset + 12, 0) ? Hex.of(bytes, offset + 12, end) : null;
            case BOOL -> {
                boolean clean = isAll(bytes, offset, end - 1, 0) && (bytes[end - 1] & 0xFE) == 0;
                yield clean ? Boolean.valueOf(bytes[end - 1] == 1) : null;
            }
            case FIXED_BYTES ->
                isAll(bytes, offset + size, end, 0) ? Arrays.copyOfRange(bytes, offset, offset + size) : null;
            case BYTES, STRING -> throw new IllegalStateException("a dynamic type does not fit a word: " + this);
        };
    }

    /** True if each of these bytes is the one given. */
    static boolean isAll(byte[] bytes, int from, int to, int value) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != value) {
                return false;
            }
        }
        return true;
    }

    /** The canonical name, as the signature has it. */
    @Override
    public String toString() {
        return switch (kind) {
            case UINT -> "uint" + size;
            case INT -> "int" + size;
            case ADDRESS -> "address";
            case BOOL -> "bool";
            case FIXED_BYTES -> "bytes" + size;
            case BYTES -> "bytes";
            case STRING -> "string";
        };
    }
}
