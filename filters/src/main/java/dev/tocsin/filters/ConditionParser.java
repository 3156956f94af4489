package dev.tocsin.filters;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;

/** Reads a {@link Condition}, whose class comment has the grammar, against the types of an event's fields. */
final class ConditionParser {
    private static final String SUBJECT = "condition";
    private static final int MAX_LENGTH = 500;
    private static final Set<String> CONNECTIVES = Set.of("and", "or", "not", "in", "&&", "||", "any", "all", "!");
    private static final String OPERATORS = "one of >= > <= < == !=";

    private final Tokens tokens;
    private final EventDecoder decoder;
    private final Units units;

    ConditionParser(String text, EventDecoder decoder, Units units) {
        this.tokens = new Tokens(SUBJECT, text, MAX_LENGTH);
        this.decoder = decoder;
        this.units = units;
    }

    Predicate<Event> parse() {
        boolean isAbsolute = startsWithAbs();
        Token fieldToken = tokens.peek();
        int index = field(isAbsolute);
        Parameter parameter = decoder.parameters().get(index);
        if (isAbsolute) {
            if (!parameter.type().isNumber()) {
                throw tokens.unexpectedAt(
                        fieldToken, "a field that is a number", "abs is of numbers; this is " + parameter);
            }
            expect(")", "abs has one field, as in abs(amount0)");
        }
        Comparison comparison = comparison(parameter);
        Predicate<Event> test = parameter.isHashed()
                ? bytes(index, comparison, AbiType.WORD, "an indexed " + parameter.type() + " is only its hash")
                : switch (parameter.type().kind()) {
                    case UINT, INT -> number(index, parameter, isAbsolute, comparison);
                    case ADDRESS -> address(index, comparison);
                    case BOOL -> bool(index, comparison);
                    case FIXED_BYTES ->
                        bytes(index, comparison, parameter.type().size(), "");
                    case BYTES -> bytes(index, comparison, -1, "");
                    case STRING -> text(index, comparison);
                };
        if (!tokens.atEnd()) {
            throw tokens.unexpected("the end", afterwards());
        }
        return test;
    }

    /** An event may have a field called abs, so the parenthesis decides. */
    private boolean startsWithAbs() {
        if (!tokens.at("abs")) {
            return false;
        }
        boolean isField = decoder.fields().contains("abs");
        if (isField) {
            return false;
        }
        tokens.next();
        expect("(", "abs has one field, as in abs(amount0)");
        return true;
    }

    private int field(boolean isAbsolute) {
        Token token = tokens.peek();
        String expected = "a field of " + decoder.name() + ": " + String.join(", ", decoder.fields());
        if (token.kind() != Token.Kind.WORD) {
            throw tokens.unexpected(
                    expected, isAbsolute ? "" : "a condition begins with a field, as in value >= 1_000");
        }
        int index = decoder.fields().indexOf(token.text());
        if (index < 0) {
            String hint = decoder.fields().stream()
                    .filter(token.text()::equalsIgnoreCase)
                    .findFirst()
                    .map(meant -> "did you mean " + meant + "?")
                    .orElse(notYet(token.text()));
            throw tokens.unexpected(expected, hint);
        }
        tokens.next();
        return index;
    }

    private Comparison comparison(Parameter parameter) {
        Token token = tokens.peek();
        Comparison comparison = Comparison.of(token.kind() == Token.Kind.SIGN ? token.text() : "")
                .orElseThrow(() -> tokens.unexpected(
                        OPERATORS, token.text().equals("=") ? "equality is written ==" : notYet(token.text())));
        if (comparison.isOrdering()
                && (parameter.isHashed() || !parameter.type().isNumber())) {
            throw tokens.unexpected("== or !=", parameter.name() + " is no number, but " + parameter.type());
        }
        tokens.next();
        return comparison;
    }

    private Predicate<Event> number(int index, Parameter parameter, boolean isAbsolute, Comparison comparison) {
        Token token = tokens.peek();
        if (token.kind() != Token.Kind.NUMBER) {
            throw tokens.unexpected("an amount, as 400_000 or 0.5 WETH", amountHint(token.text()));
        }
        if (!Amount.isWellFormed(token.text())) {
            throw tokens.unexpected("an amount of decimal digits, grouped by single _", amountHint(token.text()));
        }
        tokens.next();
        BigInteger limit = scaled(token, Amount.of(token.text()));
        AbiType type = parameter.type();
        BigInteger min = isAbsolute ? BigInteger.ZERO : type.min();
        BigInteger max = isAbsolute ? type.max().max(type.min().negate()) : type.max();
        if (limit.compareTo(min) < 0 || limit.compareTo(max) > 0) {
            throw tokens.unexpectedAt(
                    token,
                    "an amount that " + (isAbsolute ? "abs(" + parameter.name() + ")" : parameter.name()) + " can have",
                    "the smallest " + type + " here is " + min + ", the largest " + max + "; this is " + limit
                            + " raw");
        }
        return isAbsolute
                ? event ->
                        comparison.holds(((BigInteger) event.value(index)).abs().compareTo(limit))
                : event -> comparison.holds(((BigInteger) event.value(index)).compareTo(limit));
    }

    private BigInteger scaled(Token token, Amount amount) {
        Token unit = tokens.peek();
        if (unit.kind() != Token.Kind.WORD || CONNECTIVES.contains(unit.text())) {
            if (!amount.isWhole(0)) {
                throw tokens.unexpectedAt(
                        token,
                        "a whole number",
                        "without a unit an amount is the raw integer on the chain; " + units.listed(""));
            }
            return amount.raw(0);
        }
        OptionalInt decimals = units.decimals(unit.text());
        if (decimals.isEmpty()) {
            throw tokens.unexpected("a unit or the end", units.listed(unit.text()));
        }
        if (!amount.isWhole(decimals.getAsInt())) {
            throw tokens.unexpectedAt(
                    token, "at most " + decimals.getAsInt() + " decimals", unit.text() + " has no more of them");
        }
        tokens.next();
        return amount.raw(decimals.getAsInt());
    }

    private Predicate<Event> address(int index, Comparison comparison) {
        Token token = tokens.peek();
        if (token.kind() == Token.Kind.QUOTED) {
            throw tokens.unexpected("an address", "an address is written without quotes");
        }
        Address.fault(token.text()).ifPresent(fault -> {
            throw tokens.unexpected("an address", fault);
        });
        String address = tokens.next().text().toLowerCase(Locale.ROOT);
        return event -> comparison.holds(event.value(index).equals(address) ? 0 : 1);
    }

    private Predicate<Event> bool(int index, Comparison comparison) {
        if (!tokens.at("true") && !tokens.at("false")) {
            throw tokens.unexpected("true or false", "");
        }
        Boolean wanted = Boolean.valueOf(tokens.next().text());
        return event -> comparison.holds(event.value(index).equals(wanted) ? 0 : 1);
    }

    private Predicate<Event> bytes(int index, Comparison comparison, int length, String hint) {
        Token token = tokens.peek();
        byte[] wanted = token.kind() == Token.Kind.NUMBER ? Hex.parse(token.text()) : null;
        if (wanted == null || (length >= 0 && wanted.length != length)) {
            String size = length < 0 ? "pairs of hexadecimal digits" : 2 * length + " hexadecimal digits";
            throw tokens.unexpected("0x and " + size, hint);
        }
        tokens.next();
        return event -> comparison.holds(Arrays.equals((byte[]) event.value(index), wanted) ? 0 : 1);
    }

    private Predicate<Event> text(int index, Comparison comparison) {
        if (tokens.peek().kind() != Token.Kind.QUOTED) {
            throw tokens.unexpected("a text in double quotes", "");
        }
        byte[] wanted = tokens.next().text().getBytes(StandardCharsets.UTF_8);
        return event -> comparison.holds(Arrays.equals((byte[]) event.value(index), wanted) ? 0 : 1);
    }

    private void expect(String sign, String hint) {
        if (!tokens.at(sign)) {
            throw tokens.unexpected(sign, hint);
        }
        tokens.next();
    }

    private String afterwards() {
        Token token = tokens.peek();
        return Comparison.of(token.text()).isPresent() ? "a condition is one comparison" : notYet(token.text());
    }

    private static String notYet(String word) {
        return switch (word) {
            case "+", "-", "*", "/", "%" -> "not supported yet: arithmetic and percentages";
            case "," -> "digits are grouped with _";
            case "in" -> "not supported yet: lists";
            default ->
                CONNECTIVES.contains(word)
                        ? "not supported yet: conditions of more than one comparison; write one rule each"
                        : "";
        };
    }

    private static String amountHint(String found) {
        if (found.startsWith("$")) {
            return "not supported yet: amounts in dollars";
        }
        if (found.startsWith("0x")) {
            return "amounts are decimal";
        }
        if (found.matches("[0-9._]+[eE][0-9]+")) {
            return "write all digits, or use a unit";
        }
        return found.matches("-?[0-9][0-9._]*[A-Za-z]+") ? "put a space between the number and its unit" : "";
    }
}
