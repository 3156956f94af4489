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

    private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]{0,99}");

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
        String name = section.required("name", "a name such as large-transfer");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            section.problem("name", "expected letters, digits, - and _, beginning with a letter, was \"" + name + "\"");
        } else if (!name.isEmpty() && !names.add(name)) {
            section.problem("name", "another watch is named " + name + " as well; names must differ");
        }
        String signature = section.required(
                "event",
                "an event such as \"event Transfer(address indexed from, address indexed to, uint256 value)\"");
        Optional<EventDecoder> decoder =
                signature.isEmpty() ? Optional.empty() : section.parse("event", signature, EventDecoder::of);
        List<String> at = addresses(section);
        Severity severity = section.choice("severity", Severity.class, Severity.INFO);
        Duration cooldown = section.duration("cooldown", Duration.ZERO, Duration.ZERO, Duration.ofDays(7));
        Optional<String> when = section.text("when");
        Optional<String> per = section.text("per");
        Optional<String> text = section.text("summary");
        if (decoder.isEmpty()) {
            return Optional.empty();
        }
        Optional<Rule> rule = rule(section, name, decoder.get(), at, when, cooldown, per);
        Optional<SummaryTemplate> summary = section.parse(
                "summary",
                text.orElse(name + " at {address}"),
                value -> SummaryTemplate.parse(value, decoder.get().fields(), units));
        return rule.isEmpty() || summary.isEmpty()
                ? Optional.empty()
                : Optional.of(new TocsinConfig.Watch(rule.get(), severity, summary.get()));
    }

    private Optional<Rule> rule(
            YamlSection section,
            String name,
            EventDecoder decoder,
            List<String> at,
            Optional<String> when,
            Duration cooldown,
            Optional<String> per) {
        Rule rule = Rule.named(name.isEmpty() ? "unnamed" : name).on(decoder);
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
