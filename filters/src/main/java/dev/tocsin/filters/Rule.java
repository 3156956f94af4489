package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What to look for: an event, at which contracts, under which condition, how often. Immutable: each method returns a changed copy.
 *
 * {@snippet file="dev/tocsin/filters/ReadmeTest.java" region="rule"}
 */
public final class Rule {
    /** The word for {@link #per} that means the contract that wrote the log. */
    static final String ADDRESS = "address";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Duration MIN_COOLDOWN = Duration.ofSeconds(1);
    private static final Duration MAX_COOLDOWN = Duration.ofDays(365);

    private final String name;
    private final EventDecoder decoder;
    private final Set<String> addresses;
    private final Optional<String> condition;
    private final Optional<Duration> cooldown;
    private final Optional<String> per;

    private Rule(
            String name,
            EventDecoder decoder,
            Set<String> addresses,
            Optional<String> condition,
            Optional<Duration> cooldown,
            Optional<String> per) {
        this.name = name;
        this.decoder = decoder;
        this.addresses = addresses;
        this.condition = condition;
        this.cooldown = cooldown;
        this.per = per;
    }

    /**
     * Begins a rule.
     *
     * @param name its name, part of each match's key: 1 to 64 letters, digits, {@code .}, {@code _} and {@code -}, beginning with a
     *     letter or digit
     * @return the beginning, which wants an event
     * @throws IllegalArgumentException if the name is not allowed
     */
    public static Named named(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name of a rule must match " + NAME + ", was " + name);
        }
        return new Named(name);
    }

    /**
     * Looks only at logs of these contracts; without this, at those of any.
     *
     * @param contracts the addresses, {@code 0x} and 40 hexadecimal digits; mixed case must be the EIP-55 checksum
     * @return the rule with these addresses as well
     * @throws IllegalArgumentException if one is no address
     */
    public Rule at(String... contracts) {
        return at(List.of(contracts));
    }

    /**
     * Looks only at logs of these contracts; without this, at those of any.
     *
     * @param contracts the addresses, {@code 0x} and 40 hexadecimal digits; mixed case must be the EIP-55 checksum
     * @return the rule with these addresses as well
     * @throws IllegalArgumentException if one is no address
     */
    public Rule at(Iterable<String> contracts) {
        Set<String> all = new LinkedHashSet<>(addresses);
        for (String contract : contracts) {
            Address.fault(contract).ifPresent(fault -> {
                throw new IllegalArgumentException(
                        "address of rule " + name + " is wrong: " + fault + ", was " + contract);
            });
            all.add(contract.toLowerCase(Locale.ROOT));
        }
        return new Rule(name, decoder, Set.copyOf(all), condition, cooldown, per);
    }

    /**
     * Matches only if this holds; without this, always. The text is read when the rule becomes part of a {@link FilterSet}, which
     * knows the units.
     *
     * @param text as {@link Condition} has it
     * @return the rule with this condition in place of any other
     */
    public Rule when(String text) {
        return new Rule(name, decoder, addresses, Optional.of(text), cooldown, per);
    }

    /**
     * Matches at most once in this time, by the time of blocks; without this, always.
     *
     * @param period 1 s to 365 days
     * @return the rule with this cooldown
     * @throws IllegalArgumentException if the period is out of range
     */
    public Rule cooldown(Duration period) {
        if (period.compareTo(MIN_COOLDOWN) < 0 || period.compareTo(MAX_COOLDOWN) > 0) {
            throw new IllegalArgumentException("cooldown of rule " + name + " must be " + MIN_COOLDOWN + " to "
                    + MAX_COOLDOWN + ", was " + period);
        }
        return new Rule(name, decoder, addresses, condition, Optional.of(period), per);
    }

    /**
     * Counts the cooldown for each value of this field on its own; without this, for the rule as a whole. Each chain counts on its
     * own in any case. Means nothing without a cooldown.
     *
     * @param field a field of the event, or {@code address} for the contract that wrote the log
     * @return the rule with this key
     * @throws IllegalArgumentException if the event has no such field
     */
    public Rule per(String field) {
        requireNonNull(field, "field");
        if (!field.equals(ADDRESS) && !decoder.fields().contains(field)) {
            throw new IllegalArgumentException(
                    "per of rule " + name + " must be address or one of " + decoder.fields() + ", was " + field);
        }
        return new Rule(name, decoder, addresses, condition, cooldown, Optional.of(field));
    }

    /**
     * The rule's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The event that the rule is on.
     *
     * @return its decoder
     */
    public EventDecoder decoder() {
        return decoder;
    }

    /**
     * The contracts that the rule looks at.
     *
     * @return addresses in lower case; empty means any
     */
    public Set<String> addresses() {
        return addresses;
    }

    /**
     * The text of the condition.
     *
     * @return the text, or empty if the rule has none
     */
    public Optional<String> condition() {
        return condition;
    }

    /**
     * The least time between two matches.
     *
     * @return the cooldown, or empty if the rule has none
     */
    public Optional<Duration> cooldown() {
        return cooldown;
    }

    /**
     * The field whose values cool down on their own.
     *
     * @return the field, or empty if the rule cools down as a whole
     */
    public Optional<String> per() {
        return per;
    }

    /** For people: the name, the event and the condition. */
    @Override
    public String toString() {
        return "Rule[" + name + " on " + decoder.signature()
                + condition.map(c -> " when " + c).orElse("") + "]";
    }

    /** A rule that has a name and wants an event. */
    public static final class Named {
        private final String name;

        private Named(String name) {
            this.name = name;
        }

        /**
         * Sets the event, as Solidity writes it.
         *
         * @param event as {@link EventDecoder#of} takes it
         * @return the rule, at any contract, under no condition
         * @throws FilterSyntaxException if the text is no event
         */
        public Rule on(String event) {
            return on(EventDecoder.of(event));
        }

        /**
         * Sets the event.
         *
         * @param decoder the event's decoder
         * @return the rule, at any contract, under no condition
         */
        public Rule on(EventDecoder decoder) {
            requireNonNull(decoder, "decoder");
            return new Rule(name, decoder, Set.of(), Optional.empty(), Optional.empty(), Optional.empty());
        }
    }
}
