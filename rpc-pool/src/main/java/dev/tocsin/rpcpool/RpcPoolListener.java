package dev.tocsin.rpcpool;

import java.time.Duration;

/** Hears what the pool does. Called from many threads; must be quick; what it throws is caught and logged once. */
public interface RpcPoolListener {

    /**
     * An attempt ended.
     *
     * @param node the node that was asked
     * @param method the method; {@code batch} for several calls in one request
     * @param took how long
     * @param answered whether the node served it: a refusal of the call itself counts as served
     */
    default void onCall(String node, String method, Duration took, boolean answered) {}

    /**
     * A node's state changed.
     *
     * @param node the node
     * @param before its state until now
     * @param after its state from now on
     * @param cause why
     */
    default void onNodeState(String node, NodeState before, NodeState after, String cause) {}

    /**
     * A call goes on to another node.
     *
     * @param method the method
     * @param from the node that could not
     * @param to the node that is asked next
     * @param cause why the first could not
     */
    default void onFailover(String method, String from, String to, String cause) {}

    /**
     * A node takes longer than is usual for the method, and a second one is asked too.
     *
     * @param method the method
     * @param first the node that is late
     * @param second the node that is asked as well
     */
    default void onHedge(String method, String first, String second) {}

    /**
     * Nodes were asked the same, enough agreed, and one said something else.
     *
     * @param node who did
     * @param method what was asked
     * @param quarantined whether it is left out for a while: it was the third time in a row
     */
    default void onDispute(String node, String method, boolean quarantined) {}

    /**
     * A subscription to new heads was made or lost.
     *
     * @param node the node
     * @param connected true if heads come from it now
     * @param cause why not, else empty
     */
    default void onHeadSubscription(String node, boolean connected, String cause) {}

    /**
     * The newest block that was shown to callers is given up: for a minute at least, no majority of the nodes has had it. The chain was
     * reorganised deeply, or the nodes that had it are gone. What {@code latest} means goes back.
     *
     * @param shown the block that was shown
     * @param head the newest block that most nodes have now
     */
    default void onHeadGivenUp(long shown, long head) {}

    /**
     * A transaction was sent, by {@link RpcPool#send} or {@link RpcPool#broadcast}.
     *
     * @param outcome what is said to the caller
     * @param took how long, verification included
     */
    default void onSend(SendOutcome outcome, Duration took) {}

    /**
     * In a broadcast one node has taken a transaction that another calls invalid: one of the two is wrong, or on another chain. Told once for
     * each node that refuses.
     *
     * @param refusal the one against the success
     */
    default void onSendContradiction(SendOutcome.Rejected refusal) {}
}
