package dev.tocsin.runner.config;

import dev.tocsin.alerting.Route;
import dev.tocsin.alerting.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code alerting}: the tree of routes and the receivers. Without it everything goes to every gateway. */
final class AlertingReader {

    private static final String EVERYONE = "everyone";

    /** Of the alerts that the line makes. */
    private static final List<String> LABELS = List.of("alertname", "severity", "chain", "event", "contract");

    private static final int DEEPEST = 20;

    private final Set<String> gateways;
    private final Set<String> used = new HashSet<>();

    AlertingReader(Set<String> gateways) {
        this.gateways = gateways;
    }

    /** What the section says. */
    record Alerting(Route route, Map<String, List<String>> receivers) {}

    Alerting read(YamlSection root) {
        if (!root.has("alerting")) {
            return new Alerting(usual(EVERYONE), Map.of(EVERYONE, List.copyOf(gateways)));
        }
        YamlSection section = root.section("alerting");
        Map<String, List<String>> receivers = receivers(section);
        YamlSection tree = section.section("route");
        for (String key : List.of("severity", "continue")) {
            if (tree.has(key)) {
                tree.problem(key, "stands at the root, where every alert begins; expected it under routes only");
            }
        }
        Route route = section.has("route")
                ? route(tree, receivers, "", 1)
                : usual(receivers.keySet().iterator().next());
        tree.finish();
        unused(section.section("receivers"), receivers.keySet());
        section.finish();
        return new Alerting(route, receivers);
    }

    private Map<String, List<String>> receivers(YamlSection section) {
        Map<String, List<String>> receivers = new LinkedHashMap<>();
        section.namedSections("receivers", (name, receiver) -> {
            List<String> to =
                    receiver.atLeastOne("gateways", "one or more of " + String.join(", ", gateways), this::gateway);
            if (name.isBlank()) {
                section.section("receivers").problem(name, "has no name; expected one such as on-call");
            } else {
                receivers.put(name, to);
            }
        });
        if (receivers.isEmpty()) {
            receivers.put(EVERYONE, List.copyOf(gateways));
        }
        return receivers;
    }

    /** Says nothing while a route names a receiver that is not there: it may mean this one. */
    private void unused(YamlSection section, Set<String> receivers) {
        if (receivers.containsAll(used)) {
            receivers.stream()
                    .filter(name -> section.has(name) && !used.contains(name))
                    .forEach(name -> section.problem(name, "no route uses it; expected a route with this receiver"));
        }
    }

    private Route usual(String receiver) {
        used.add(receiver);
        return Route.to(receiver).groupBy("alertname");
    }

    private String gateway(String name) {
        if (!gateways.isEmpty() && !gateways.contains(name)) {
            throw new IllegalArgumentException("no gateway is named " + name + Similar.hint(name, gateways)
                    + "; expected one of " + String.join(", ", gateways));
        }
        return name;
    }

    private Route route(YamlSection section, Map<String, List<String>> receivers, String inherited, int depth) {
        String receiver = section.text("receiver", inherited);
        used.add(receiver);
        if (!receivers.containsKey(receiver)) {
            section.problem(
                    "receiver",
                    (receiver.isEmpty()
                                    ? "is missing"
                                    : "no receiver is named " + receiver + Similar.hint(receiver, receivers.keySet()))
                            + "; expected one of " + String.join(", ", receivers.keySet()));
        }
        Route route = Route.to(receiver.isEmpty() ? EVERYONE : receiver);
        if (!inherited.isEmpty() && section.has("severity")) {
            route = route.severity(section.choice("severity", Severity.class, Severity.INFO));
        }
        List<String> groupBy = section.list("group-by", AlertingReader::label);
        if (!groupBy.isEmpty()) {
            Route before = route;
            route = section.parse("group-by", "", ignored -> before.groupBy(groupBy.toArray(String[]::new)))
                    .orElse(before);
        }
        if (!inherited.isEmpty() && section.flag("continue", false)) {
            route = route.continuing();
        }
        List<Route> children = new ArrayList<>();
        if (depth < DEEPEST) {
            section.sections("routes", child -> children.add(route(child, receivers, receiver, depth + 1)));
        } else if (section.has("routes")) {
            section.problem("routes", "is nested more than " + DEEPEST + " deep; expected a tree that ends");
        }
        for (Route child : children) {
            route = route.child(child);
        }
        return route;
    }

    private static String label(String name) {
        if (!LABELS.contains(name) && !name.equals(Route.ALL_LABELS)) {
            throw new IllegalArgumentException("no alert has the label \"" + name + "\"" + Similar.hint(name, LABELS)
                    + "; expected one of " + String.join(", ", LABELS) + ", or \"" + Route.ALL_LABELS + "\" for all");
        }
        return name;
    }
}
