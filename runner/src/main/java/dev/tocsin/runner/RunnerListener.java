package dev.tocsin.runner;

import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.runner.line.LineListener;

/** Hears what the whole runner does. Called from many threads; must be quick; what it throws is caught. */
public interface RunnerListener extends LineListener {

    /**
     * A call moved to another node.
     *
     * @param from the node that failed
     * @param to the node that is asked next
     * @param cause what went wrong
     */
    default void onFailover(String from, String to, String cause) {}

    /**
     * A node came or went.
     *
     * @param node its name
     * @param before its state until now
     * @param after its state from now on
     * @param cause why
     */
    default void onNode(String node, NodeState before, NodeState after, String cause) {}

    /**
     * A subscription to new heads was made, was lost, or could not be made.
     *
     * @param node the WebSocket node's name
     * @param connected true if heads come from it now
     * @param cause why not, else empty
     */
    default void onHeads(String node, boolean connected, String cause) {}

    /**
     * This instance began or ceased to work.
     *
     * @param leading true when it works from now on
     */
    default void onLeading(boolean leading) {}
}
