package dev.tocsin.filters;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A rule as it is asked: parsed, with its place among the others. */
final class CompiledRule {
    /** Longer values (a string may have any length) are kept as their hash. */
    private static final int MAX_KEPT = 66;

    private final int ordinal;
    private final Rule rule;
    private final EventDecoder decoder;
    private final @Nullable Condition condition;
    private final @Nullable Duration cooldown;

    private CompiledRule(int ordinal, Rule rule, EventDecoder decoder, @Nullable Condition condition) {
        this.ordinal = ordinal;
        this.rule = rule;
        this.decoder = decoder;
        this.condition = condition;
        this.cooldown = rule.cooldown().orElse(null);
    }

    static CompiledRule of(int ordinal, Rule rule, EventDecoder decoder, Units units) {
        try {
            Condition condition = rule.condition()
                    .map(text -> Condition.parse(text, decoder, units))
                    .orElse(null);
            return new CompiledRule(ordinal, rule, decoder, condition);
        } catch (FilterSyntaxException wrong) {
            throw wrong.of("condition of rule " + rule.name());
        }
    }

    int ordinal() {
        return ordinal;
    }

    Rule rule() {
        return rule;
    }

    /** The match, or null if the rule lets the event go and has said so. */
    @Nullable Match ask(Event decoded, CooldownStore cooldowns, FilterListener listener) {
        Event event = decoded.as(decoder);
        if (condition != null && !condition.test(event)) {
            listener.onRejected(rule.name(), Rejection.CONDITION);
            return null;
        }
        Match match = Match.of(rule.name(), event);
        if (cooldown != null && !cooldowns.pass(cooldownKey(event), event.log().blockTime(), cooldown, match.key())) {
            listener.onRejected(rule.name(), Rejection.COOLDOWN);
            return null;
        }
        listener.onMatch(match);
        return match;
    }

    private String cooldownKey(Event event) {
        String base = rule.name() + ":" + event.log().chainId();
        return rule.per()
                .map(field -> base + ":" + bounded(valueOf(field, event)))
                .orElse(base);
    }

    private static String valueOf(String field, Event event) {
        if (field.equals(Rule.ADDRESS)) {
            return event.log().address();
        }
        int index = event.decoder().indexOf(field);
        return Event.readable(event.decoder().parameters().get(index), event.value(index))
                .toString();
    }

    private static String bounded(String value) {
        return value.length() <= MAX_KEPT ? value : Hex.of(Keccak256.hash(value.getBytes(StandardCharsets.UTF_8)));
    }
}
