package dev.tocsin.filters;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules on events that are read alike, by address. */
final class Shape {
    // one a set of field names; the first decodes, the others only rename
    private final List<EventDecoder> decoders = new ArrayList<>();
    private final Map<String, List<CompiledRule>> rulesByAddress = new HashMap<>();
    private final List<CompiledRule> rulesOfAny = new ArrayList<>();

    Shape(EventDecoder decoder) {
        decoders.add(decoder);
    }

    EventDecoder decoder() {
        return decoders.get(0);
    }

    /** The one decoder that stands for all that are equal to this, so that comparing them is cheap. */
    EventDecoder canonical(EventDecoder decoder) {
        int known = decoders.indexOf(decoder);
        if (known >= 0) {
            return decoders.get(known);
        }
        decoders.add(decoder);
        return decoder;
    }

    void add(CompiledRule rule) {
        if (rule.rule().addresses().isEmpty()) {
            rulesOfAny.add(rule);
        }
        for (String address : rule.rule().addresses()) {
            rulesByAddress.computeIfAbsent(address, a -> new ArrayList<>()).add(rule);
        }
    }

    /** Adds what would look at an event of this address, in no order. */
    void collect(Event event, List<Candidate> candidates) {
        for (CompiledRule rule : rulesByAddress.getOrDefault(event.log().address(), List.of())) {
            candidates.add(new Candidate(rule, event));
        }
        for (CompiledRule rule : rulesOfAny) {
            candidates.add(new Candidate(rule, event));
        }
    }

    /** A rule and an event that it is to be asked about. */
    record Candidate(CompiledRule rule, Event event) {}
}
