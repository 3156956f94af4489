package dev.tocsin.alerting;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tree of routes in which each node knows what it has from its parent. */
final class RouteTree {
    private final Node root;

    RouteTree(Route root) {
        if (root.receiver().isEmpty()) {
            throw new IllegalArgumentException("root route must name a receiver");
        }
        if (!root.matchers().isEmpty()) {
            throw new IllegalArgumentException("root route must take every alert, was " + root);
        }
        if (root.isContinuing()) {
            throw new IllegalArgumentException("root route must not be continuing: it has no siblings");
        }
        this.root = Node.of(root, "", List.of());
    }

    /** The nodes that an alert belongs to, in the order of the tree; at least one. */
    List<Node> nodesOf(Alert alert) {
        List<Node> found = new ArrayList<>();
        root.find(alert, found);
        return found;
    }

    /** All receivers' names, in the order of the tree. */
    Set<String> receivers() {
        Set<String> names = new LinkedHashSet<>();
        root.addReceivers(names);
        return names;
    }

    /**
     * A route with its inheritance resolved. A class and not a record: two routes that say the same are two.
     */
    static final class Node {
        private final Route route;
        private final String receiver;
        private final List<String> groupBy;
        private final List<Node> children;

        private Node(Route route, String receiver, List<String> groupBy, List<Node> children) {
            this.route = route;
            this.receiver = receiver;
            this.groupBy = groupBy;
            this.children = children;
        }

        private static Node of(Route route, String parentReceiver, List<String> parentGroupBy) {
            String receiver = route.receiver().orElse(parentReceiver);
            List<String> groupBy = route.groupingLabels().orElse(parentGroupBy);
            List<Node> children = route.children().stream()
                    .map(child -> of(child, receiver, groupBy))
                    .toList();
            return new Node(route, receiver, groupBy, children);
        }

        String receiver() {
            return receiver;
        }

        /** The labels that tell this alert's group from others. */
        SortedMap<String, String> groupOf(Alert alert) {
            if (groupBy.contains(Route.ALL_LABELS)) {
                return alert.labels();
            }
            SortedMap<String, String> group = new TreeMap<>(alert.labels());
            group.keySet().retainAll(groupBy);
            return group;
        }

        /** Adds the nodes that take the alert; false if this one does not. */
        private boolean find(Alert alert, List<Node> found) {
            if (!route.takes(alert)) {
                return false;
            }
            int before = found.size();
            for (Node child : children) {
                if (child.find(alert, found) && !child.route.isContinuing()) {
                    break;
                }
            }
            if (found.size() == before) {
                found.add(this);
            }
            return true;
        }

        private void addReceivers(Set<String> names) {
            names.add(receiver);
            children.forEach(child -> child.addReceivers(names));
        }
    }
}
