package dev.tocsin.filters;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** The literal of a number, before its unit is known. */
record Amount(BigDecimal value) {
    private static final Pattern FORM = Pattern.compile("-?[0-9]+(_[0-9]+)*(\\.[0-9]+(_[0-9]+)*)?");

    static boolean isWellFormed(String text) {
        return FORM.matcher(text).matches();
    }

    /** A well-formed literal's value. */
    static Amount of(String text) {
        return new Amount(new BigDecimal(text.replace("_", "")));
    }

    /** True if nothing is left over when it is counted in units of so many decimals. */
    boolean isWhole(int decimals) {
        return value.stripTrailingZeros().scale() <= decimals;
    }

    /** The integer on the chain; only if it {@link #isWhole}. */
    BigInteger raw(int decimals) {
        return value.scaleByPowerOfTen(decimals).toBigIntegerExact();
    }
}
