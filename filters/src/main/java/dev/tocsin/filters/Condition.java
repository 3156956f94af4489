package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

import java.util.function.Predicate;

/**
 * One question about an event's values, answered in exact integers.
 *
 * <pre>
 * condition = operand operator literal
 * operand   = field | "abs(" field ")"
 * operator  = "&gt;=" | "&gt;" | "&lt;=" | "&lt;" | "==" | "!="
 * literal   = amount [ unit ] | 0x… | true | false | "text"
 * amount    = [ "-" ] digits [ "." digits ]        with _ between digits where you like
 * </pre>
 *
 * <p>For example {@code value >= 400_000 USDC}, {@code abs(amount0) >= 0.5 WETH}, {@code to == 0x…}, {@code flag == true}. Numbers
 * have all six operators, everything else {@code ==} and {@code !=}. A unit multiplies by ten to its decimals; an amount finer than
 * its unit is an error, as is one that the field's type cannot hold. {@code int} fields are signed, and {@code abs} of the smallest
 * one does not overflow.
 *
 * <p>What can be known before the first event is checked when the text is parsed. Asking costs one comparison. Immutable, safe for
 * use by many threads.
 */
public final class Condition {
    private final String text;
    private final EventDecoder decoder;
    private final Predicate<Event> test;

    Condition(String text, EventDecoder decoder, Predicate<Event> test) {
        this.text = text;
        this.decoder = decoder;
        this.test = test;
    }

    /**
     * Reads and checks a condition.
     *
     * @param text the condition, at most 500 characters
     * @param decoder the event whose fields it may name
     * @param units the units it may use
     * @return the condition
     * @throws FilterSyntaxException if the text is no condition, or one that this event cannot answer; it names the column, what was
     *     found and what was expected
     */
    public static Condition parse(String text, EventDecoder decoder, Units units) {
        requireNonNull(text, "text");
        requireNonNull(decoder, "decoder");
        requireNonNull(units, "units");
        return new Condition(text, decoder, new ConditionParser(text, decoder, units).parse());
    }

    /**
     * Asks about an event.
     *
     * @param event an event of the decoder this was parsed for, or of an equal one
     * @return true if the condition holds
     * @throws IllegalArgumentException if the event is of another decoder
     */
    public boolean test(Event event) {
        if (!event.decoder().equals(decoder)) {
            throw new IllegalArgumentException("event must be of " + decoder + ", was of " + event.decoder());
        }
        return test.test(event);
    }

    /**
     * The text it was read from.
     *
     * @return the text
     */
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return text;
    }
}
