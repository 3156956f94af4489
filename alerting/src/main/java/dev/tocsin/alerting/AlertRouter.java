package dev.tocsin.alerting;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a tree of routes to alerts.
 *
 * <p>{@link #route} computes what is to be told to whom, and does nothing else. It is for those who record notifications under their key
 * before they deliver them. {@link #post} computes the same and tells the receivers at once; it is for those who have no store. Neither
 * remembers anything: what is to be grouped must be given together, and what was told before is told again.
 *
 * <p>Immutable and safe for use by many threads.
 *
 * {@snippet file="dev/tocsin/alerting/AlertRouterTest.java" region="route"}
 */
public final class AlertRouter {
    private static final Logger LOG = LoggerFactory.getLogger(AlertRouter.class);

    private final RouteTree tree;
    private final Map<String, Receiver> receivers;
    private final AlertingListener listener;
    private final LongSupplier nanoTicker;
    private final AtomicBoolean listenerFailed = new AtomicBoolean();

    private AlertRouter(Builder builder) {
        this.tree = builder.tree;
        this.receivers = Map.copyOf(builder.receivers);
        this.listener = builder.listener;
        this.nanoTicker = builder.nanoTicker;
    }

    /**
     * A router without receivers, for {@link #route} alone.
     *
     * @param root the root of the tree: it names a receiver, takes every alert and is not continuing
     * @return the router
     * @throws IllegalArgumentException if the root is not so
     */
    public static AlertRouter of(Route root) {
        return new AlertRouter(new Builder(root));
    }

    /**
     * A router with receivers.
     *
     * @param root the root of the tree: it names a receiver, takes every alert and is not continuing
     * @return the builder
     * @throws IllegalArgumentException if the root is not so
     */
    public static Builder builder(Route root) {
        return new Builder(root);
    }

    /**
     * The names of all receivers of the tree.
     *
     * @return in the order of the tree, each once, unmodifiable
     */
    public Set<String> receivers() {
        return Collections.unmodifiableSet(tree.receivers());
    }

    /**
     * What is to be told to whom. Pure: depends on nothing but the arguments and the tree, and changes nothing.
     *
     * <p>Alerts with the same key and the same status are one; the last of them counts, in the place of the first. Each route that an alert
     * belongs to puts it, by its labels, into a group; each group makes one notification of its firing alerts and one of its resolved
     * ones. If two routes come to the same notification for the same receiver, it is made once. Costs, for each alert, at most one
     * evaluation of each route.
     *
     * @param alerts alerts to be grouped with each other
     * @return the notifications in the order of the alert that comes first in each; the order of the alerts changes no key
     */
    public List<Notification> route(List<Alert> alerts) {
        return routeFolded(fold(alerts));
    }

    /**
     * Tells the receivers, one after the other, on this thread. What one of them throws does not keep the others from being told. Nothing is
     * tried again, and nothing is remembered.
     *
     * @param alerts alerts to be grouped with each other
     * @return which notifications were delivered, and which were not, and why
     * @throws IllegalStateException if the router was made without receivers
     * @throws InterruptedException if interrupted; the notifications before the one in hand have been tried, those after it have not
     */
    public PostReport post(List<Alert> alerts) throws InterruptedException {
        if (receivers.isEmpty()) {
            throw new IllegalStateException("router has no receivers: make it with builder(root).receiver(…)");
        }
        Collection<Alert> folded = fold(alerts);
        folded.forEach(alert -> tell(to -> to.onAlert(alert)));
        List<Notification> delivered = new ArrayList<>();
        List<PostReport.Failure> failed = new ArrayList<>();
        for (Notification notification : routeFolded(folded)) {
            long startNanos = nanoTicker.getAsLong();
            try {
                receiver(notification).notify(notification);
                Duration took = since(startNanos);
                delivered.add(notification);
                tell(to -> to.onDelivered(notification, took));
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                Duration took = since(startNanos);
                failed.add(new PostReport.Failure(notification, e));
                tell(to -> to.onFailed(notification, took, e));
            }
        }
        return new PostReport(delivered, failed);
    }

    /**
     * Tells the receivers of one alert, or of some. As {@link #post(List)}.
     *
     * @param alerts alerts to be grouped with each other
     * @return which notifications were delivered, and which were not, and why
     * @throws IllegalStateException if the router was made without receivers
     * @throws InterruptedException if interrupted; the notifications before the one in hand have been tried, those after it have not
     */
    public PostReport post(Alert... alerts) throws InterruptedException {
        return post(List.of(alerts));
    }

    private List<Notification> routeFolded(Collection<Alert> alerts) {
        Map<Group, List<Alert>> groups = new LinkedHashMap<>();
        for (Alert alert : alerts) {
            for (RouteTree.Node node : tree.nodesOf(alert)) {
                Group group = new Group(node, node.groupOf(alert), alert.status());
                groups.computeIfAbsent(group, absent -> new ArrayList<>()).add(alert);
            }
        }
        Map<String, Notification> byKey = new LinkedHashMap<>();
        groups.forEach((group, members) -> {
            Notification notification = Notification.of(group.node().receiver(), group.labels(), members);
            byKey.putIfAbsent(notification.key(), notification);
        });
        return List.copyOf(byKey.values());
    }

    private static Collection<Alert> fold(List<Alert> alerts) {
        Map<Occurrence, Alert> folded = new LinkedHashMap<>();
        for (Alert alert : alerts) {
            folded.put(new Occurrence(alert.key(), alert.status()), alert);
        }
        return folded.values();
    }

    private Receiver receiver(Notification notification) {
        return Objects.requireNonNull(receivers.get(notification.receiver()), "receiver, checked when built");
    }

    private Duration since(long startNanos) {
        return Duration.ofNanos(nanoTicker.getAsLong() - startNanos);
    }

    private void tell(Consumer<AlertingListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            if (listenerFailed.compareAndSet(false, true)) {
                LOG.warn(
                        "Listener threw; its further errors are not logged. listener={}",
                        listener.getClass().getName(),
                        e);
            }
        }
    }

    /** What makes two alerts of one call the same. */
    private record Occurrence(String key, Alert.Status status) {}

    /** What shares a notification. */
    private record Group(RouteTree.Node node, SortedMap<String, String> labels, Alert.Status status) {}

    /** Makes a router with receivers. Mutable, for one thread. */
    public static final class Builder {
        private final RouteTree tree;
        private final Map<String, Receiver> receivers = new LinkedHashMap<>();
        private AlertingListener listener = AlertingListener.NONE;
        private LongSupplier nanoTicker = System::nanoTime;

        private Builder(Route root) {
            this.tree = new RouteTree(Objects.requireNonNull(root, "root"));
        }

        /**
         * Connects a receiver. Default: none; each name of the tree needs one.
         *
         * @param name the name by which routes know it
         * @param receiver what delivers
         * @return this
         * @throws IllegalArgumentException if no route has that name, or if it is connected already
         */
        public Builder receiver(String name, Receiver receiver) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(receiver, "receiver");
            if (!tree.receivers().contains(name)) {
                throw new IllegalArgumentException("receiver must be one of " + tree.receivers() + ", was " + name);
            }
            if (receivers.putIfAbsent(name, receiver) != null) {
                throw new IllegalArgumentException("receiver " + name + " is connected already");
            }
            return this;
        }

        /**
         * Who is told what is posted. Default: nobody.
         *
         * @param listener the listener; replaces the one before
         * @return this
         */
        public Builder listener(AlertingListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * By what deliveries are timed. Default: {@link System#nanoTime}.
         *
         * @param nanoTicker a monotonic clock in nanoseconds
         * @return this
         */
        public Builder nanoTicker(LongSupplier nanoTicker) {
            this.nanoTicker = Objects.requireNonNull(nanoTicker, "nanoTicker");
            return this;
        }

        /**
         * Makes the router.
         *
         * @return the router
         * @throws IllegalStateException if a receiver of the tree is not connected
         */
        public AlertRouter build() {
            List<String> missing = tree.receivers().stream()
                    .filter(name -> !receivers.containsKey(name))
                    .toList();
            if (!missing.isEmpty()) {
                throw new IllegalStateException(
                        "every receiver of the routes must be connected, missing are " + missing);
            }
            return new AlertRouter(this);
        }
    }
}
