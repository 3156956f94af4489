package dev.tocsin.runner.config;

import dev.tocsin.filters.Event;
import dev.tocsin.filters.Match;
import dev.tocsin.filters.Units;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sentence of an alert: text with {@code {field}}, {@code {field UNIT}} (an amount in whole tokens) and {@code {address}},
 * {@code {transaction}}, {@code {block}}, {@code {chain}} in it.
 */
public final class SummaryTemplate {

    private static final Pattern PLACEHOLDER =
            Pattern.compile("\\{\\s*([A-Za-z_][A-Za-z0-9_]*)(?:\\s+([A-Za-z_][A-Za-z0-9_.]*))?\\s*}");
    private static final Pattern BRACE = Pattern.compile("\\{[^{}]*}?");
    private static final List<String> OF_LOG = List.of("address", "transaction", "block", "chain");

    private final String text;
    private final Units units;

    private SummaryTemplate(String text, Units units) {
        this.text = text;
        this.units = units;
    }

    /**
     * Checks and makes a template.
     *
     * @param text the text
     * @param fields the fields that the event has
     * @param units the tokens
     * @param symbols the names of the tokens, for a message
     * @return the template
     * @throws IllegalArgumentException if a placeholder names what is not there, or a brace begins none
     */
    static SummaryTemplate parse(String text, List<String> fields, Units units, Collection<String> symbols) {
        Matcher matcher = PLACEHOLDER.matcher(text);
        while (matcher.find()) {
            String field = matcher.group(1);
            String unit = matcher.group(2);
            if (!fields.contains(field) && !OF_LOG.contains(field)) {
                List<String> known = new ArrayList<>(fields);
                known.addAll(OF_LOG);
                throw new IllegalArgumentException("{" + field + "} is not a field of the event"
                        + Similar.hint(field, known) + "; expected one of " + String.join(", ", known));
            }
            if (unit != null && units.decimals(unit).isEmpty()) {
                throw new IllegalArgumentException("{" + field + " " + unit + "}: no token " + unit
                        + " stands under tokens" + Similar.hint(unit, symbols)
                        + (symbols.isEmpty() ? "" : "; expected one of " + String.join(", ", symbols)));
            }
        }
        Matcher other = BRACE.matcher(PLACEHOLDER.matcher(text).replaceAll(""));
        if (other.find()) {
            throw new IllegalArgumentException(other.group()
                    + (other.group().endsWith("}") ? " is not a placeholder" : " is not closed")
                    + "; expected {field} or {field UNIT}");
        }
        return new SummaryTemplate(text, units);
    }

    /**
     * Fills the template.
     *
     * @param match the match
     * @return the sentence
     */
    public String of(Match match) {
        return PLACEHOLDER
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(value(match.event(), found.group(1), found.group(2))));
    }

    private String value(Event event, String field, @Nullable String unit) {
        Object value = event.values().get(field);
        if (value == null) {
            return switch (field) {
                case "address" -> event.log().address();
                case "transaction" -> event.log().transactionHash();
                case "block" -> Long.toString(event.log().blockNumber());
                default -> Long.toString(event.log().chainId());
            };
        }
        return unit != null && value instanceof BigInteger amount ? amount(amount, unit) : String.valueOf(value);
    }

    /** Whole tokens with thousands separated, at most four decimals, rounded towards zero. */
    private String amount(BigInteger raw, String unit) {
        BigDecimal exact = units.amount(raw, unit).orElseGet(() -> new BigDecimal(raw));
        BigDecimal shown = exact.setScale(Math.min(4, Math.max(0, exact.scale())), RoundingMode.DOWN)
                .stripTrailingZeros();
        return String.format(Locale.ROOT, "%,." + Math.max(0, shown.scale()) + "f", shown) + " " + unit;
    }
}
