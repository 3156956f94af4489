package dev.tocsin.testsupport;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes the arguments of a contract call: words, and arrays of addresses and strings behind them (Contract ABI Specification, "Formal
 * Specification of the Encoding").
 */
final class Calldata {
    private static final int WORD = 32;

    private final String prefix;
    private final List<String> head = new ArrayList<>(); // a word each, or empty where an offset comes
    private final List<String> tail = new ArrayList<>(); // for each empty head its content

    private Calldata(String prefix) {
        this.prefix = prefix;
    }

    /** @param selector the first four bytes of the Keccak-256 of the signature, as eight hex digits */
    static Calldata call(String selector) {
        return new Calldata("0x" + selector);
    }

    /** @param bytecode hex with or without 0x */
    static Calldata deploy(String bytecode) {
        return new Calldata(bytecode.startsWith("0x") ? bytecode : "0x" + bytecode);
    }

    Calldata address(String address) {
        head.add(word(new BigInteger(address.substring(2), 16)));
        return this;
    }

    Calldata uint(BigInteger value) {
        head.add(word(value));
        return this;
    }

    Calldata uint(long value) {
        return uint(BigInteger.valueOf(value));
    }

    Calldata addresses(List<String> addresses) {
        StringBuilder content = new StringBuilder(word(BigInteger.valueOf(addresses.size())));
        addresses.forEach(address -> content.append(word(new BigInteger(address.substring(2), 16))));
        return dynamic(content.toString());
    }

    Calldata text(String ascii) {
        StringBuilder content = new StringBuilder(word(BigInteger.valueOf(ascii.length())));
        ascii.chars().forEach(c -> content.append(String.format("%02x", c)));
        while (content.length() % (2 * WORD) != 0) {
            content.append("00");
        }
        return dynamic(content.toString());
    }

    String hex() {
        StringBuilder result = new StringBuilder(prefix);
        int offset = head.size() * WORD;
        int next = 0;
        for (String word : head) {
            if (word.isEmpty()) {
                result.append(word(BigInteger.valueOf(offset)));
                offset += tail.get(next++).length() / 2;
            } else {
                result.append(word);
            }
        }
        tail.forEach(result::append);
        return result.toString();
    }

    private Calldata dynamic(String content) {
        head.add("");
        tail.add(content);
        return this;
    }

    private static String word(BigInteger value) {
        if (value.signum() < 0 || value.bitLength() > 256) {
            throw new IllegalArgumentException("value must be 0 to 2^256 - 1, was " + value);
        }
        return String.format("%064x", value);
    }
}
