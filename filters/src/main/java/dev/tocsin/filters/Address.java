package dev.tocsin.filters;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The text of an address, as people write it. */
final class Address {
    private static final Pattern FORM = Pattern.compile("0x[0-9a-fA-F]{40}");

    private Address() {}

    /** What is wrong with this text, if anything is. */
    static Optional<String> fault(String text) {
        if (!FORM.matcher(text).matches()) {
            return Optional.of("an address is 0x and 40 hexadecimal digits");
        }
        String digits = text.substring(2);
        boolean isMixed =
                !digits.equals(digits.toLowerCase(Locale.ROOT)) && !digits.equals(digits.toUpperCase(Locale.ROOT));
        return isMixed && !text.equals(checksummed(text))
                ? Optional.of(
                        "a digit, or the case of one, is wrong (EIP-55 checksum); if the digits are right, expected "
                                + checksummed(text))
                : Optional.empty();
    }

    /** The address in the mixed case of EIP-55. */
    static String checksummed(String address) {
        String digits = address.substring(2).toLowerCase(Locale.ROOT);
        byte[] hash = Keccak256.hash(digits.getBytes(StandardCharsets.US_ASCII));
        StringBuilder text = new StringBuilder("0x");
        for (int i = 0; i < digits.length(); i++) {
            int nibble = (hash[i / 2] >> ((i & 1) == 0 ? 4 : 0)) & 0xF;
            text.append(nibble >= 8 ? Character.toUpperCase(digits.charAt(i)) : digits.charAt(i));
        }
        return text.toString();
    }
}
