package dev.tocsin.filters;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The units that amounts in conditions may have: a token's symbol and its number of decimals, so that {@code 1_500 USDC} is the
 * integer 1500000000. Symbols are case-sensitive. A unit says nothing of the contract: that a rule with {@code USDC} watches USDC is
 * up to its {@linkplain Rule#at address}. Immutable.
 */
public final class Units {
    /** More decimals than a 256-bit integer has digits make no sense. */
    private static final int MAX_DECIMALS = 77;

    private static final int MAX_LISTED = 20;
    private static final Pattern SYMBOL = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]{0,31}");
    private static final Units NONE = new Units(new TreeMap<>());

    private final SortedMap<String, Integer> decimalsBySymbol;

    private Units(SortedMap<String, Integer> decimalsBySymbol) {
        this.decimalsBySymbol = decimalsBySymbol;
    }

    /**
     * No units: every amount is a raw integer.
     *
     * @return the empty set of units
     */
    public static Units none() {
        return NONE;
    }

    /**
     * These units.
     *
     * @param decimalsBySymbol the decimals, 0 to 77, by symbol; a symbol is 1 to 32 letters, digits, {@code _} and {@code .}, not
     *     beginning with a digit or a dot
     * @return the units
     * @throws IllegalArgumentException if a symbol or a number of decimals is not allowed
     */
    public static Units of(Map<String, Integer> decimalsBySymbol) {
        SortedMap<String, Integer> checked = new TreeMap<>();
        decimalsBySymbol.forEach((symbol, decimals) -> {
            if (!SYMBOL.matcher(symbol).matches()) {
                throw new IllegalArgumentException("symbol of a unit must match " + SYMBOL + ", was " + symbol);
            }
            if (decimals < 0 || decimals > MAX_DECIMALS) {
                throw new IllegalArgumentException(
                        "decimals of unit " + symbol + " must be 0 to " + MAX_DECIMALS + ", was " + decimals);
            }
            checked.put(symbol, decimals);
        });
        return new Units(checked);
    }

    /**
     * The decimals of a unit.
     *
     * @param symbol the unit's symbol
     * @return its number of decimals, or empty if there is no such unit
     */
    public OptionalInt decimals(String symbol) {
        Integer decimals = decimalsBySymbol.get(symbol);
        return decimals == null ? OptionalInt.empty() : OptionalInt.of(decimals);
    }

    /**
     * An amount of a field in this unit, for messages: 1500000000 raw in USDC is 1500. Empty if there is no such unit.
     *
     * @param raw the integer on the chain
     * @param symbol the unit's symbol
     * @return the exact decimal number, without zeros at its end
     */
    public Optional<BigDecimal> amount(BigInteger raw, String symbol) {
        Integer decimals = decimalsBySymbol.get(symbol);
        if (decimals == null) {
            return Optional.empty();
        }
        BigDecimal exact = new BigDecimal(raw, decimals).stripTrailingZeros();
        return Optional.of(exact.scale() < 0 ? exact.setScale(0) : exact);
    }

    /** For a hint: the symbols, and the one that was perhaps meant. */
    String listed(String wanted) {
        if (decimalsBySymbol.isEmpty()) {
            return "no units are known here: write the raw integer, or define the unit";
        }
        Optional<String> meant = decimalsBySymbol.keySet().stream()
                .filter(wanted::equalsIgnoreCase)
                .findFirst();
        String all = decimalsBySymbol.keySet().stream().limit(MAX_LISTED).collect(Collectors.joining(", "));
        int more = decimalsBySymbol.size() - MAX_LISTED;
        return meant.map(symbol -> "did you mean " + symbol + "? ").orElse("") + "known units: " + all
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** For people: the symbols and their decimals. */
    @Override
    public String toString() {
        return "Units" + decimalsBySymbol;
    }
}
