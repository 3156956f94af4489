package dev.tocsin.runner.config;

import dev.tocsin.filters.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** An address as people write it: in one case, or in the mixed case that is its checksum (EIP-55). */
final class AddressText {

    private static final Pattern FORM = Pattern.compile("0[xX][0-9a-fA-F]{40}");

    private AddressText() {}

    /** In lower case. */
    static String parse(String text) {
        return parse(text, List.of());
    }

    /** As {@link #parse(String)}, where one of these symbols might have been meant. */
    static String parse(String text, Collection<String> symbols) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("expected an address (0x and 40 hexadecimal digits)"
                    + (symbols.isEmpty() ? "" : " or one of the tokens " + String.join(", ", symbols)) + ", was \""
                    + text
                    + "\"" + Similar.hint(text, symbols));
        }
        String digits = text.substring(2);
        String lower = digits.toLowerCase(Locale.ROOT);
        String checksummed = checksummed(lower);
        boolean oneCase = digits.equals(lower) || digits.equals(digits.toUpperCase(Locale.ROOT));
        if (!oneCase && !digits.equals(checksummed)) {
            throw new IllegalArgumentException("a digit of the address, or the case of one, is wrong (EIP-55 checksum);"
                    + " if the digits are right, expected \"0x" + checksummed + "\", was \"" + text + "\"");
        }
        return "0x" + lower;
    }

    private static String checksummed(String lower) {
        byte[] hash = Keccak256.hash(lower.getBytes(StandardCharsets.US_ASCII));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lower.length(); i++) {
            int nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xF;
            text.append(nibble >= 8 ? Character.toUpperCase(lower.charAt(i)) : lower.charAt(i));
        }
        return text.toString();
    }
}
