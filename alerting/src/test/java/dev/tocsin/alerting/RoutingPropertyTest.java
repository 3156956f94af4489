package dev.tocsin.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random trees and alerts against a second way of computing the same: a flat list of nodes, for each of which is asked, by looking at
 * all the others, whether the alert belongs to it.
 */
class RoutingPropertyTest {
    private static final String[] LABELS = {"alertname", "chain", "severity", "zone"};
    private static final String[][] VALUES = {
        {"A", "B", "C"}, {"", "1", "10"}, {"info", "warning", "critical", ""}, {"", "eu", "us"}
    };

    static LongStream seeds() {
        return LongStream.range(0, 400);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void routerAgreesWithTheReference(long seed) {
        Random random = new Random(seed);
        Reference reference = new Reference(random);
        List<Alert> alerts = alerts(random);

        List<Notification> notifications = AlertRouter.of(reference.root()).route(alerts);

        assertThat(notifications.stream().map(RoutingPropertyTest::text))
                .containsExactlyElementsOf(reference.expected(alerts));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyAlertIsToldAndItsEndGoesToTheSamePlaces(long seed) {
        Random random = new Random(seed);
        AlertRouter router = AlertRouter.of(new Reference(random).root());

        for (Alert alert : alerts(random)) {
            List<Notification> told = router.route(List.of(alert));
            List<Notification> over = router.route(List.of(alert.resolved(Instant.MAX)));

            assertThat(told).isNotEmpty();
            assertThat(over)
                    .extracting(Notification::receiver, Notification::groupLabels)
                    .isEqualTo(told.stream()
                            .map(n -> tuple(n.receiver(), n.groupLabels()))
                            .toList());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void sameArgumentsGiveTheSameKeys(long seed) {
        Random first = new Random(seed);
        Random second = new Random(seed);

        List<Notification> one = AlertRouter.of(new Reference(first).root()).route(alerts(first));
        List<Notification> two = AlertRouter.of(new Reference(second).root()).route(alerts(second));

        assertThat(two).isEqualTo(one);
    }

    private static List<Alert> alerts(Random random) {
        List<Alert> alerts = new ArrayList<>();
        for (int i = random.nextInt(15); i > 0; i--) {
            Alert alert = Alert.firing("A");
            for (int label = 0; label < LABELS.length; label++) {
                alert = alert.label(LABELS[label], pick(VALUES[label], random));
            }
            alert = random.nextBoolean() ? alert.key("k" + random.nextInt(10)) : alert;
            alerts.add(random.nextInt(4) == 0 ? alert.resolved(Instant.EPOCH) : alert);
        }
        return alerts;
    }

    private static String pick(String[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    private static String text(Notification notification) {
        return text(
                notification.receiver(),
                notification.status(),
                notification.groupLabels(),
                notification.alerts().stream().map(Alert::key).toList());
    }

    private static String text(String receiver, Alert.Status status, Map<String, String> group, List<String> keys) {
        return receiver + ' ' + status + ' ' + group + ' ' + keys;
    }

    /** A condition in words of its own: label, operator ("=", "!=" or ">="), value. */
    private record Condition(String label, String operator, String value) {
        boolean holds(Alert alert) {
            String actual = alert.labels().getOrDefault(label, "");
            return switch (operator) {
                case "=" -> actual.equals(value);
                case "!=" -> !actual.equals(value);
                default -> rank(actual) >= rank(value);
            };
        }

        private static int rank(String severity) {
            return List.of("info", "warning", "critical").indexOf(severity.isEmpty() ? "info" : severity);
        }

        Matcher matcher() {
            return switch (operator) {
                case "=" -> Matcher.equal(label, value);
                case "!=" -> Matcher.notEqual(label, value);
                default -> Matcher.severityAtLeast(Severity.valueOf(value.toUpperCase(Locale.ROOT)));
            };
        }
    }

    /** A node in the flat list; the parent is an index into it, -1 for the root. The list is in the order of the tree. */
    private record Flat(
            int parent,
            @Nullable String receiver,
            List<Condition> conditions,
            @Nullable List<String> groupBy,
            boolean continuing) {}

    private static final class Reference {
        private final List<Flat> nodes = new ArrayList<>();
        private final Route root;

        Reference(Random random) {
            this.root = grow(-1, 3, random);
        }

        Route root() {
            return root;
        }

        private Route grow(int parent, int depth, Random random) {
            boolean isRoot = parent < 0;
            String receiver = isRoot || random.nextInt(3) > 0 ? "r" + random.nextInt(4) : null;
            List<Condition> conditions = new ArrayList<>();
            for (int i = isRoot ? 0 : random.nextInt(3); i > 0; i--) {
                conditions.add(condition(random));
            }
            List<String> groupBy = groupBy(random);
            boolean continuing = !isRoot && random.nextInt(3) == 0;
            nodes.add(new Flat(parent, receiver, conditions, groupBy, continuing));
            int self = nodes.size() - 1;

            Route route = receiver == null ? Route.inheriting() : Route.to(receiver);
            route = route.when(conditions.stream().map(Condition::matcher).toArray(Matcher[]::new));
            route = groupBy == null ? route : route.groupBy(groupBy.toArray(String[]::new));
            route = continuing ? route.continuing() : route;
            for (int i = depth == 0 ? 0 : random.nextInt(4); i > 0; i--) {
                route = route.child(grow(self, depth - 1, random));
            }
            return route;
        }

        private static Condition condition(Random random) {
            if (random.nextInt(3) == 0) {
                return new Condition("severity", ">=", pick(new String[] {"info", "warning", "critical"}, random));
            }
            int label = random.nextInt(LABELS.length);
            return new Condition(LABELS[label], random.nextBoolean() ? "=" : "!=", pick(VALUES[label], random));
        }

        private static @Nullable List<String> groupBy(Random random) {
            return switch (random.nextInt(6)) {
                case 0 -> List.of();
                case 1 -> List.of("...");
                case 2 -> List.of("alertname", "chain");
                case 3 -> List.of("zone");
                default -> null;
            };
        }

        /** A node is reached if all its conditions hold, its parent is reached, and no sibling before it took the alert for itself. */
        private boolean reached(int index, Alert alert) {
            Flat node = nodes.get(index);
            if (!node.conditions().stream().allMatch(condition -> condition.holds(alert))) {
                return false;
            }
            for (int other = 0; other < index; other++) {
                Flat sibling = nodes.get(other);
                if (sibling.parent() == node.parent()
                        && !sibling.continuing()
                        && sibling.conditions().stream().allMatch(condition -> condition.holds(alert))) {
                    return false;
                }
            }
            return node.parent() < 0 || reached(node.parent(), alert);
        }

        private boolean belongs(int index, Alert alert) {
            for (int child = index + 1; child < nodes.size(); child++) {
                if (nodes.get(child).parent() == index && reached(child, alert)) {
                    return false;
                }
            }
            return reached(index, alert);
        }

        private String receiver(int index) {
            String own = nodes.get(index).receiver();
            return own == null ? receiver(nodes.get(index).parent()) : own;
        }

        private Map<String, String> group(int index, Alert alert) {
            List<String> own = nodes.get(index).groupBy();
            if (own == null) {
                return nodes.get(index).parent() < 0
                        ? Map.of()
                        : group(nodes.get(index).parent(), alert);
            }
            Map<String, String> group = new TreeMap<>();
            alert.labels().forEach((name, value) -> {
                if (own.contains("...") || own.contains(name)) {
                    group.put(name, value);
                }
            });
            return group;
        }

        List<String> expected(List<Alert> given) {
            Map<String, Alert> folded = new LinkedHashMap<>();
            given.forEach(alert -> folded.put(alert.key() + ' ' + alert.status(), alert));
            Map<String, List<String>> keysByGroup = new LinkedHashMap<>();
            Map<String, String> receiverStatusAndGroup = new LinkedHashMap<>();
            for (Alert alert : folded.values()) {
                for (int index = 0; index < nodes.size(); index++) {
                    if (belongs(index, alert)) {
                        String id = index + " " + alert.status() + ' ' + group(index, alert);
                        keysByGroup
                                .computeIfAbsent(id, absent -> new ArrayList<>())
                                .add(alert.key());
                        receiverStatusAndGroup.put(
                                id, receiver(index) + ' ' + alert.status() + ' ' + group(index, alert));
                    }
                }
            }
            List<String> expected = new ArrayList<>();
            Set<String> seen = new LinkedHashSet<>();
            keysByGroup.forEach((id, keys) -> {
                if (seen.add(receiverStatusAndGroup.get(id) + new TreeSet<>(keys))) {
                    expected.add(receiverStatusAndGroup.get(id) + ' ' + keys);
                }
            });
            return expected;
        }
    }
}
