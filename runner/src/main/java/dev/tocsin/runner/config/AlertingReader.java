package dev.tocsin.runner.config;

import dev.tocsin.alerting.Route;
import dev.tocsin.alerting.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code alerting}: the tree of routes and the receivers. Without it everything goes to every gateway. */
final class AlertingReader {

    private static final String EVERYONE = "everyone";

    private final Set<String> gateways;

    AlertingReader(Set<String> gateways) {
        this.gateways = gateways;
    }

    /** What the section says. */
    record Alerting(Route route, Map<String, List<String>> receivers) {}

    Alerting read(YamlSection root) {
        if (!root.has("alerting")) {
            return new Alerting(Route.to(EVERYONE).groupBy("alertname"), Map.of(EVERYONE, List.copyOf(gateways)));
        }
        YamlSection section = root.section("alerting");
        Map<String, List<String>> receivers = new LinkedHashMap<>();
        section.namedSections("receivers", (name, receiver) -> {
            receivers.put(
                    name,
                    receiver.atLeastOne("gateways", "one or more of " + String.join(", ", gateways), this::gateway));
        });
        if (receivers.isEmpty()) {
            receivers.put(EVERYONE, List.copyOf(gateways));
        }
        YamlSection tree = section.section("route");
        for (String key : List.of("severity", "continue")) {
            if (tree.has(key)) {
                tree.problem(key, "stands at the root, where every alert begins; expected it under routes only");
            }
        }
        Route route = section.has("route")
                ? route(tree, receivers, "")
                : Route.to(receivers.keySet().iterator().next()).groupBy("alertname");
        tree.finish();
        section.finish();
        return new Alerting(route, receivers);
    }

    private String gateway(String name) {
        if (!gateways.isEmpty() && !gateways.contains(name)) {
            throw new IllegalArgumentException("no gateway is named " + name + Similar.hint(name, gateways)
                    + "; expected one of " + String.join(", ", gateways));
        }
        return name;
    }

    private static Route route(YamlSection section, Map<String, List<String>> receivers, String inherited) {
        String receiver = section.text("receiver", inherited);
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
        List<String> groupBy = section.list("group-by", label -> label);
        if (!groupBy.isEmpty()) {
            route = route.groupBy(groupBy.toArray(String[]::new));
        }
        if (!inherited.isEmpty() && section.flag("continue", false)) {
            route = route.continuing();
        }
        List<Route> children = new ArrayList<>();
        section.sections("routes", child -> children.add(route(child, receivers, receiver)));
        for (Route child : children) {
            route = route.child(child);
        }
        return route;
    }
}
