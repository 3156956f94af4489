package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rules, ready to be asked about logs. Finds the rules of a log by its first topic and its address, so that rules on other events cost
 * nothing, and decodes a log once for all rules on its event.
 *
 * <p>Immutable but for the memory of cooldowns; safe for use by many threads. Does no I/O and does not block, unless the
 * {@link CooldownStore} given to it does.
 *
 * {@snippet file="dev/tocsin/filters/ReadmeTest.java" region="readme"}
 */
public final class FilterSet {
    private final List<Rule> rules;
    private final Map<String, List<Shape>> shapesByTopic;
    private final Set<String> addresses;
    private final CooldownStore cooldowns;
    private final GuardedListener listener;

    private FilterSet(Builder builder) {
        this.rules = List.copyOf(builder.rules);
        this.cooldowns = builder.cooldowns;
        this.listener = new GuardedListener(builder.listener);
        this.shapesByTopic = index(rules, builder.units);
        this.addresses = rules.stream().anyMatch(rule -> rule.addresses().isEmpty())
                ? Set.of()
                : rules.stream().flatMap(rule -> rule.addresses().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * These rules, without units, with cooldowns in memory.
     *
     * @param rules the rules, in the order in which they are asked
     * @return the set
     * @throws FilterSyntaxException if a rule's condition cannot be read
     * @throws IllegalArgumentException if two rules have the same name
     */
    public static FilterSet of(Rule... rules) {
        return builder().rules(List.of(rules)).build();
    }

    /**
     * Begins a set with units, a listener or a cooldown store.
     *
     * @return a builder without rules
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Asks all rules about a log. Never throws for what a log contains.
     *
     * @param log the log
     * @return the matches in the order of the rules; mostly none
     */
    public List<Match> match(Log log) {
        if (log.topics().isEmpty()) {
            return List.of();
        }
        // nodes answer in lower case; what does not is looked up no less
        List<Shape> shapes = shapesByTopic.get(log.topics().get(0).toLowerCase(Locale.ROOT));
        if (shapes == null) {
            return List.of();
        }
        List<Shape.Candidate> candidates = candidates(log, shapes);
        List<Match> matches = new ArrayList<>();
        for (Shape.Candidate candidate : candidates) {
            Match match = candidate.rule().ask(candidate.event(), cooldowns, listener);
            if (match != null) {
                matches.add(match);
            }
        }
        return List.copyOf(matches);
    }

    /**
     * Tells the cooldowns that the chain took a match back, so that the same thing can match again in another block.
     *
     * @param matchKey the {@linkplain Match#key() match's key}; one that is unknown does nothing
     */
    public void withdraw(String matchKey) {
        cooldowns.withdraw(requireNonNull(matchKey, "matchKey"));
    }

    /**
     * The rules.
     *
     * @return the rules, in order
     */
    public List<Rule> rules() {
        return rules;
    }

    /**
     * What to ask a node for: a log whose first topic is none of these matches nothing.
     *
     * @return the first topics of all rules' events
     */
    public Set<String> topic0s() {
        return Set.copyOf(shapesByTopic.keySet());
    }

    /**
     * What to ask a node for: unless empty, a log of another contract matches nothing.
     *
     * @return the addresses of all rules in lower case; empty if a rule is at any address, or if there are no rules
     */
    public Set<String> addresses() {
        return addresses;
    }

    /**
     * How often the listener has thrown.
     *
     * @return the number of its failures since this set was built
     */
    public long listenerFailures() {
        return listener.failures();
    }

    private List<Shape.Candidate> candidates(Log log, List<Shape> shapes) {
        List<Shape.Candidate> candidates = new ArrayList<>();
        boolean isDecoded = false;
        String why = "";
        for (Shape shape : shapes) {
            switch (shape.decoder().decode(log)) {
                case Event event -> {
                    isDecoded = true;
                    shape.collect(event, candidates);
                }
                case NotThisEvent not -> why = not.why();
            }
        }
        // one topic is one signature, and so one name
        String name = shapes.get(0).decoder().name();
        if (isDecoded) {
            listener.onDecoded(name);
        } else {
            listener.onNotThisEvent(name, why);
        }
        candidates.sort(Comparator.comparingInt(candidate -> candidate.rule().ordinal()));
        return candidates;
    }

    private static Map<String, List<Shape>> index(List<Rule> rules, Units units) {
        Map<String, List<Shape>> shapesByTopic = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException("name of a rule must be unique, was " + rule.name() + " twice");
            }
            List<Shape> shapes = shapesByTopic.computeIfAbsent(rule.decoder().topic0(), t -> new ArrayList<>());
            Shape shape = shapeOf(rule.decoder(), shapes);
            shape.add(CompiledRule.of(i, rule, shape.canonical(rule.decoder()), units));
        }
        return shapesByTopic;
    }

    private static Shape shapeOf(EventDecoder decoder, List<Shape> shapes) {
        for (Shape shape : shapes) {
            if (shape.decoder().hasShapeOf(decoder)) {
                return shape;
            }
        }
        Shape shape = new Shape(decoder);
        shapes.add(shape);
        return shape;
    }

    /** Collects what a {@link FilterSet} is made of. Not safe for use by many threads. */
    public static final class Builder {
        private final List<Rule> rules = new ArrayList<>();
        private Units units = Units.none();
        private CooldownStore cooldowns = InMemoryCooldowns.create();
        private FilterListener listener = new FilterListener() {};

        private Builder() {}

        /**
         * Adds a rule after those added before.
         *
         * @param rule the rule
         * @return this
         */
        public Builder rule(Rule rule) {
            rules.add(requireNonNull(rule, "rule"));
            return this;
        }

        /**
         * Adds rules after those added before.
         *
         * @param more the rules
         * @return this
         */
        public Builder rules(Iterable<Rule> more) {
            more.forEach(this::rule);
            return this;
        }

        /**
         * Sets the units that conditions may use. Default: none.
         *
         * @param known the units
         * @return this
         */
        public Builder units(Units known) {
            units = requireNonNull(known, "known");
            return this;
        }

        /**
         * Sets the memory of cooldowns. Default: {@link InMemoryCooldowns#create}.
         *
         * @param store the memory
         * @return this
         */
        public Builder cooldowns(CooldownStore store) {
            cooldowns = requireNonNull(store, "store");
            return this;
        }

        /**
         * Sets who hears what happens. Default: nobody.
         *
         * @param hears the listener
         * @return this
         */
        public Builder listener(FilterListener hears) {
            listener = requireNonNull(hears, "hears");
            return this;
        }

        /**
         * Reads all conditions and makes the set.
         *
         * @return the set
         * @throws FilterSyntaxException if a rule's condition cannot be read
         * @throws IllegalArgumentException if two rules have the same name
         */
        public FilterSet build() {
            return new FilterSet(this);
        }
    }
}
