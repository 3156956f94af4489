package dev.tocsin.notification;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** What a gateway's health check found. */
public sealed interface GatewayHealth {
    /**
     * The other side answered.
     *
     * @param took how long the answer took
     */
    record Up(Duration took) implements GatewayHealth {
        /**
         * Checks its parts.
         *
         * @param took how long the answer took
         */
        public Up {
            requireNonNull(took, "took");
        }
    }

    /**
     * The other side did not answer, or refused.
     *
     * @param reason why, in words for an operator; never contains a secret
     */
    record Down(String reason) implements GatewayHealth {
        /**
         * Checks its parts.
         *
         * @param reason why
         */
        public Down {
            requireNonNull(reason, "reason");
        }
    }
}
