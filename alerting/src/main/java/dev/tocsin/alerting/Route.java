package dev.tocsin.alerting;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node of the tree that says where alerts go.
 *
 * <p>An alert goes down the tree, depth first, children in the order in which they were added. A node takes the alert if all its matchers
 * match. The first child that takes it keeps it from the later ones, unless that child is {@link #continuing}. If no child takes it, it
 * belongs to the node itself. So each alert that the root is given belongs to at least one node, and may belong to several. What a
 * child does not say, its receiver and what it groups by, it has from its parent. These are the rules of Alertmanager.
 *
 * <p>Immutable; each method that sets something returns a changed copy. Safe for use by many threads.
 *
 * {@snippet file="dev/tocsin/alerting/AlertRouterTest.java" region="route"}
 */
public final class Route {
    /** Stands for all labels in {@link #groupBy}: each alert with other labels is a group of its own. */
    public static final String ALL_LABELS = "...";

    private final @Nullable String receiver;
    private final List<Matcher> matchers;
    private final @Nullable List<String> groupBy;
    private final List<Route> children;
    private final boolean continuing;

    private Route(
            @Nullable String receiver,
            List<Matcher> matchers,
            @Nullable List<String> groupBy,
            List<Route> children,
            boolean continuing) {
        this.receiver = receiver;
        this.matchers = List.copyOf(matchers);
        this.groupBy = groupBy == null ? null : List.copyOf(groupBy);
        this.children = List.copyOf(children);
        this.continuing = continuing;
    }

    /**
     * A route to a receiver that takes every alert.
     *
     * @param receiver the receiver's name; not blank
     * @return the route
     * @throws IllegalArgumentException if the name is blank
     */
    public static Route to(String receiver) {
        Objects.requireNonNull(receiver, "receiver");
        if (receiver.isBlank()) {
            throw new IllegalArgumentException("receiver must not be blank");
        }
        return new Route(receiver, List.of(), null, List.of(), false);
    }

    /**
     * A route to the receiver of its parent. It cannot be the root.
     *
     * @return the route, which takes every alert
     */
    public static Route inheriting() {
        return new Route(null, List.of(), null, List.of(), false);
    }

    /**
     * A copy that takes only alerts which the matchers match as well.
     *
     * @param more further conditions; all must hold, with those that were there before
     * @return the copy
     */
    public Route when(Matcher... more) {
        return new Route(receiver, append(matchers, List.of(more)), groupBy, children, continuing);
    }

    /**
     * A copy that takes only alerts which are at least so bad.
     *
     * @param atLeast the least severity
     * @return the copy
     */
    public Route severity(Severity atLeast) {
        return when(Matcher.severityAtLeast(atLeast));
    }

    /**
     * A copy that puts alerts with the same values of these labels into one notification. Replaces what was set before.
     *
     * @param labels label names, none of them twice; no name at all puts all alerts into one; {@link #ALL_LABELS}, which must then
     *     stand alone, tells all label sets apart. A route that does not call this groups as its parent does, and a root that does
     *     not call it puts all into one.
     * @return the copy
     * @throws IllegalArgumentException if a name is no label name or stands twice, or if {@link #ALL_LABELS} does not stand alone
     */
    public Route groupBy(String... labels) {
        List<String> names = List.of(labels);
        if (!names.equals(List.of(ALL_LABELS))) {
            if (names.contains(ALL_LABELS)) {
                throw new IllegalArgumentException("groupBy must have " + ALL_LABELS + " alone, was " + names);
            }
            names.forEach(LabelNames::check);
        }
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("groupBy must not have a label twice, was " + names);
        }
        return new Route(receiver, matchers, names, children, continuing);
    }

    /**
     * A copy with a further child, behind those that it has.
     *
     * @param child the child, with its own children
     * @return the copy
     */
    public Route child(Route child) {
        Objects.requireNonNull(child, "child");
        return new Route(receiver, matchers, groupBy, append(children, List.of(child)), continuing);
    }

    /**
     * A copy which, when it takes an alert, does not keep it from the siblings behind it.
     *
     * @return the copy
     */
    public Route continuing() {
        return new Route(receiver, matchers, groupBy, children, true);
    }

    /**
     * The receiver that was set here.
     *
     * @return its name, or empty if it is the parent's
     */
    public Optional<String> receiver() {
        return Optional.ofNullable(receiver);
    }

    /**
     * The conditions, all of which must hold.
     *
     * @return in the order in which they were added; none means every alert
     */
    public List<Matcher> matchers() {
        return matchers;
    }

    /**
     * What was set to group by here.
     *
     * @return label names, or {@link #ALL_LABELS} alone; empty if it is as the parent's
     */
    public Optional<List<String>> groupingLabels() {
        return Optional.ofNullable(groupBy);
    }

    /**
     * The children.
     *
     * @return in the order in which they are asked
     */
    public List<Route> children() {
        return children;
    }

    /**
     * Whether siblings behind this one are asked as well.
     *
     * @return true after {@link #continuing}
     */
    public boolean isContinuing() {
        return continuing;
    }

    boolean takes(Alert alert) {
        return matchers.stream().allMatch(matcher -> matcher.matches(alert));
    }

    /** This node without its children, for logs. */
    @Override
    public String toString() {
        return "Route[" + (receiver == null ? "inherited receiver" : receiver) + " when=" + matchers + " children="
                + children.size() + (continuing ? " continuing" : "") + ']';
    }

    private static <T> List<T> append(List<T> list, List<T> more) {
        List<T> all = new ArrayList<>(list);
        all.addAll(more);
        return all;
    }
}
