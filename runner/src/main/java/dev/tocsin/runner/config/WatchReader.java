package dev.tocsin.runner.config;

import dev.tocsin.alerting.Severity;
import dev.tocsin.filters.Condition;
import dev.tocsin.filters.EventDecoder;
import dev.tocsin.filters.Rule;
import dev.tocsin.filters.Units;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one entry of {@code watches}. */
final class WatchReader {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]{0,63}");

    private final Map<String, Token> tokens;
    private final Units units;
    private final Set<String> names = new HashSet<>();

    WatchReader(Map<String, Token> tokens, Units units) {
        this.tokens = tokens;
        this.units = units;
    }

    /** What a symbol of the file stands for. */
    record Token(boolean hasAddress, Optional<String> address, int decimals) {}

    Optional<TocsinConfig.Watch> read(YamlSection section) {
        String name = section.required("name", "a name such as large-transfer", this::name)
                .orElse("unnamed");
        Optional<EventDecoder> decoder = section.required(
                "event",
                "an event such as \"event Transfer(address indexed from, address indexed to, uint256 value)\"",
                EventDecoder::of);
        List<String> at = addresses(section);
        Severity severity = section.choice("severity", Severity.class, Severity.INFO);
        Duration cooldown = section.duration("cooldown", Duration.ZERO, Duration.ofSeconds(1), Duration.ofDays(7));
        Optional<String> when = section.text("when");
        Optional<String> per = section.text("per");
        if (per.isPresent() && !section.has("cooldown")) {
            section.problem("per", "means nothing without cooldown; expected a line such as cooldown: 3m beside it");
        }
        Optional<String> text = section.text("summary");
        if (decoder.isEmpty()) {
            return Optional.empty();
        }
        Optional<Rule> rule = rule(section, name, decoder.get(), at, when, cooldown, per);
        Optional<SummaryTemplate> summary = section.parse(
                "summary",
                text.orElse(name + " at {address}"),
                value -> SummaryTemplate.parse(value, decoder.get().fields(), units, tokens.keySet()));
        return rule.isEmpty() || summary.isEmpty()
                ? Optional.empty()
                : Optional.of(new TocsinConfig.Watch(rule.get(), severity, summary.get()));
    }

    private String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "expected 1 to 64 letters, digits, - and _, beginning with a letter, was \"" + text + "\"");
        }
        if (!names.add(text)) {
            throw new IllegalArgumentException("another watch is named " + text + " as well; names must differ");
        }
        return text;
    }

    private Optional<Rule> rule(
            YamlSection section,
            String name,
            EventDecoder decoder,
            List<String> at,
            Optional<String> when,
            Duration cooldown,
            Optional<String> per) {
        Rule rule = Rule.named(name).on(decoder);
        if (!at.isEmpty()) {
            rule = rule.at(at);
        }
        if (when.isPresent()) {
            Rule before = rule;
            Optional<Rule> checked = section.parse("when", when.get(), value -> {
                Condition.parse(value, decoder, units);
                return before.when(value);
            });
            if (checked.isEmpty()) {
                return checked;
            }
            rule = checked.get();
        }
        if (!cooldown.isZero()) {
            rule = rule.cooldown(cooldown);
        }
        if (per.isPresent()) {
            Rule before = rule;
            return section.parse("per", per.get(), before::per);
        }
        return Optional.of(rule);
    }

    private List<String> addresses(YamlSection section) {
        if (section.has("at") && section.isMissing("at")) {
            section.missing("at", "a token or an address; without the key, any contract");
        }
        return section.list("at", this::address).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Empty for a token whose own address is wrong: that has been told already. */
    private Optional<String> address(String text) {
        Token token = tokens.get(text);
        if (token == null) {
            return Optional.of(AddressText.parse(text, tokens.keySet()));
        }
        if (!token.hasAddress()) {
            throw new IllegalArgumentException("the token " + text + " has no address under tokens; add one");
        }
        return token.address();
    }
}
