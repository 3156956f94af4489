package dev.tocsin.notification;

import java.time.Duration;

/**
 * Is told what gateways do. Called on the sending threads, by many at once; must be quick. What it throws is logged once and otherwise
 * ignored.
 */
public interface GatewayListener {
    /**
     * An attempt has ended.
     *
     * @param gateway the gateway's name
     * @param message what was sent
     * @param outcome what is known now
     * @param took how long the attempt took
     */
    default void onSend(String gateway, Message message, DeliveryOutcome outcome, Duration took) {}

    /**
     * A health check has ended.
     *
     * @param gateway the gateway's name
     * @param health what was found
     */
    default void onCheck(String gateway, GatewayHealth health) {}
}
