package dev.tocsin.runner.line;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.rpcpool.stream.LogBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Hears what the line does. Called from many threads; must be quick. What it throws is caught and logged. Every event of
 * a batch is told after the batch is durable, and only once.
 */
public interface LineListener {

    /**
     * A batch of blocks is durable.
     *
     * @param batch the batch
     * @param decoded logs decoded, by event
     * @param matches matches of rules, those kept quiet by a cooldown not among them
     * @param alerts alerts recorded for the first time
     * @param withdrawn alerts withdrawn because their block left the chain
     */
    default void onBatch(LogBatch batch, Map<String, Integer> decoded, int matches, int alerts, int withdrawn) {}

    /**
     * A gateway took a message.
     *
     * @param gateway its name
     * @param key the delivery's key
     * @param seenAt when the newest block behind it was first seen
     * @param at when the gateway had taken it
     */
    default void onDelivered(String gateway, String key, Instant seenAt, Instant at) {}

    /**
     * A delivery will be tried again.
     *
     * @param gateway the gateway
     * @param key the delivery's key
     * @param reason what went wrong
     * @param pause until the next attempt
     */
    default void onRetry(String gateway, String key, String reason, Duration pause) {}

    /**
     * A delivery was given up; it stays in the journal.
     *
     * @param gateway the gateway
     * @param key the delivery's key
     * @param outcome what the last attempt brought
     */
    default void onDead(String gateway, String key, DeliveryOutcome outcome) {}

    /**
     * The journal refuses to record what a gateway answered, or that is over. Nothing is sent to the gateway meanwhile.
     *
     * @param gateway the gateway
     * @param waiting true when an answer begins to wait; false once it is recorded or its lane has ended
     */
    default void onUnrecorded(String gateway, boolean waiting) {}
}
