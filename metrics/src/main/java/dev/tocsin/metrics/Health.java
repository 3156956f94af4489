package dev.tocsin.metrics;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Asks the components of a program how they are.
 *
 * <p>All are asked at once, each on a virtual thread of its own, and each must answer within the deadline; one that does not is down, so that a
 * report never takes longer than the deadline. Nothing is remembered between reports, except that a check which still runs is not begun a
 * second time. Safe for use by many threads.
 *
 * {@snippet file="dev/tocsin/metrics/ReadmeTest.java" region="readme"}
 */
public final class Health {
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(2);
    private static final Duration MIN_DEADLINE = Duration.ofMillis(10);
    private static final Duration MAX_DEADLINE = Duration.ofMinutes(1);

    private final List<CheckedComponent> components;
    private final Duration deadline;
    private final LongSupplier nanoTicker;
    private final HealthListener listener;

    private Health(Builder builder) {
        this.components = List.copyOf(builder.components.values());
        this.deadline = builder.deadline;
        this.nanoTicker = builder.nanoTicker;
        this.listener = builder.listener;
    }

    /**
     * Begins a health without components: ready and alive.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Whether the program can do its work: all components.
     *
     * @return the report; takes at most the deadline
     * @throws InterruptedException if interrupted while waiting; checks in hand run on
     */
    public HealthReport readiness() throws InterruptedException {
        return report(component -> true);
    }

    /**
     * Whether the program must be restarted: its vital components only. Without any it is always up, because that it answers is the sign.
     *
     * @return the report; takes at most the deadline
     * @throws InterruptedException if interrupted while waiting; checks in hand run on
     */
    public HealthReport liveness() throws InterruptedException {
        return report(CheckedComponent::isVital);
    }

    private HealthReport report(Predicate<CheckedComponent> wanted) throws InterruptedException {
        Map<String, CheckedComponent.Run> runs = new LinkedHashMap<>();
        for (CheckedComponent component : components) {
            if (wanted.test(component)) {
                runs.put(component.name(), component.ask(deadline, nanoTicker, listener));
            }
        }
        Map<String, HealthStatus> statuses = new LinkedHashMap<>();
        for (Map.Entry<String, CheckedComponent.Run> run : runs.entrySet()) {
            statuses.put(run.getKey(), run.getValue().await());
        }
        return new HealthReport(statuses);
    }

    /** Names the components. Mutable, for one thread. */
    public static final class Builder {
        private final Map<String, CheckedComponent> components = new LinkedHashMap<>();
        private Duration deadline = DEFAULT_DEADLINE;
        private LongSupplier nanoTicker = System::nanoTime;
        private HealthListener listener = HealthListener.NONE;

        private Builder() {}

        /**
         * A component without which the program cannot work, but which a restart would not heal: a node, a database, Redis.
         *
         * @param name its name in reports and meters; not blank, and no other component's
         * @param check asks it
         * @return this
         * @throws IllegalArgumentException if the name is blank or taken
         */
        public Builder component(String name, HealthCheck check) {
            return add(name, check, false);
        }

        /**
         * A component whose failure only a restart heals: a loop that must go round. It is part of both reports.
         *
         * @param name its name in reports and meters; not blank, and no other component's
         * @param check asks it
         * @return this
         * @throws IllegalArgumentException if the name is blank or taken
         */
        public Builder vital(String name, HealthCheck check) {
            return add(name, check, true);
        }

        /**
         * How long a check may take. Default 2 s. Too short, and a slow answer looks like a failure; longer than the patience of whoever
         * asks, and one slow component hides the state of all.
         *
         * @param deadline 10 ms to 1 min
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder deadline(Duration deadline) {
            Objects.requireNonNull(deadline, "deadline");
            if (deadline.compareTo(MIN_DEADLINE) < 0 || deadline.compareTo(MAX_DEADLINE) > 0) {
                throw new IllegalArgumentException(
                        "deadline must be " + MIN_DEADLINE + " to " + MAX_DEADLINE + ", was " + deadline);
            }
            this.deadline = deadline;
            return this;
        }

        /**
         * Who is told what the checks find. Default: nobody.
         *
         * @param listener the listener; replaces the one before
         * @return this
         */
        public Builder listener(HealthListener listener) {
            this.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * By what the age of a run is measured. Default: {@link System#nanoTime}.
         *
         * @param nanoTicker a monotonic clock in nanoseconds
         * @return this
         */
        public Builder nanoTicker(LongSupplier nanoTicker) {
            this.nanoTicker = Objects.requireNonNull(nanoTicker, "nanoTicker");
            return this;
        }

        /**
         * Makes the health.
         *
         * @return the health, which asks nobody until it is asked
         */
        public Health build() {
            return new Health(this);
        }

        private Builder add(String name, HealthCheck check, boolean vital) {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(check, "check");
            if (name.isBlank()) {
                throw new IllegalArgumentException("component name must not be blank");
            }
            if (components.containsKey(name)) {
                throw new IllegalArgumentException("component " + name + " is there already");
            }
            components.put(name, new CheckedComponent(name, check, vital));
            return this;
        }
    }
}
