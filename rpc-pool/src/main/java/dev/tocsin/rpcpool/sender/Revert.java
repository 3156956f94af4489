package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a contract reverted with, in words (Solidity: "Error handling: Assert, Require, Revert and Exceptions"). */
final class Revert {
    private static final String ERROR = "0x08c379a0"; // Error(string)
    private static final String PANIC = "0x4e487b71"; // Panic(uint256)
    private static final int HEAD = 10;
    private static final int WORD = 64;

    private Revert() {}

    /** Some nodes give the data of a revert as the result of a call; results are whole words, and this is four bytes more. */
    static boolean isRevert(String result) {
        return (result.startsWith(ERROR) || result.startsWith(PANIC)) && result.length() % WORD == HEAD;
    }

    static String reason(@Nullable String data, String otherwise) {
        if (data == null || !data.matches("0x[0-9a-f]{8,}+")) {
            return otherwise;
        }
        if (data.startsWith(PANIC) && data.length() == HEAD + WORD) {
            return "panic 0x" + new BigInteger(data.substring(HEAD), 16).toString(16);
        }
        return data.startsWith(ERROR) ? text(data, otherwise) : "error " + data;
    }

    private static String text(String data, String otherwise) {
        int start = HEAD + 2 * WORD;
        if (data.length() < start) {
            return otherwise;
        }
        BigInteger length = new BigInteger(data.substring(HEAD + WORD, start), 16);
        if (length.bitLength() > 20 || start + 2 * length.intValue() > data.length()) {
            return otherwise;
        }
        byte[] bytes = Hex.bytes("0x" + data.substring(start, start + 2 * length.intValue()));
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
