package dev.tocsin.metrics;

import java.util.Objects;

/** How a component is. */
public sealed interface HealthStatus {
    /**
     * It works, and there is nothing to say.
     *
     * @return the status
     */
    static HealthStatus up() {
        return new Up("");
    }

    /**
     * It works.
     *
     * @param detail what there is to say, for people; no secrets, since it is served to whoever asks
     * @return the status
     */
    static HealthStatus up(String detail) {
        return new Up(detail);
    }

    /**
     * It does not work.
     *
     * @param reason why, for people; no secrets, since it is served to whoever asks
     * @return the status
     */
    static HealthStatus down(String reason) {
        return new Down(reason);
    }

    /**
     * What there is to say, for people.
     *
     * @return the detail or the reason; may be empty
     */
    String detail();

    /**
     * Whether it works.
     *
     * @return true if it is {@link Up}
     */
    default boolean isUp() {
        return this instanceof Up;
    }

    /**
     * It works.
     *
     * @param detail what there is to say; may be empty
     */
    record Up(String detail) implements HealthStatus {
        /** Checks. */
        public Up {
            Objects.requireNonNull(detail, "detail");
        }
    }

    /**
     * It does not work.
     *
     * @param detail why
     */
    record Down(String detail) implements HealthStatus {
        /** Checks. */
        public Down {
            Objects.requireNonNull(detail, "detail");
        }
    }
}
