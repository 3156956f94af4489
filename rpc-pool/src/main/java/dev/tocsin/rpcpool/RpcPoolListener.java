package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Hears what the pool does. Called from many threads; must be quick; what it throws is caught and logged once. Names nodes by host and
 * port; no text it is given holds a key.
 */
public interface RpcPoolListener {

    /** What an attempt is made for. */
    enum Purpose {
        /** For a caller. */
        CALL,
        /** For a caller too, since another node takes longer than is usual for the method. */
        HEDGE,
        /** The pool itself wants to know something of the node. */
        CHECK
    }

    /** How an attempt, or a call with all its attempts, ended. */
    enum Outcome {
        /** With an answer. */
        ANSWERED,
        /** With a refusal of the call itself: another node would say the same. Of a call as a whole also: every node refused it. */
        REJECTED,
        /** The node could not serve it; of a call as a whole: none could. */
        FAILED,
        /** Before there was an answer: another node was quicker, the caller was interrupted, the pool was closed. */
        GIVEN_UP
    }

    /**
     * An attempt that ended.
     *
     * @param node the node that was asked
     * @param method the method; {@code batch} for several calls in one request
     * @param purpose what it was made for
     * @param outcome how it ended
     * @param error what the refusal or the failure means; empty after an answer, or if it was given up
     * @param took how long
     */
    record Attempt(
            String node, String method, Purpose purpose, Outcome outcome, Optional<ErrorClass> error, Duration took) {}

    /**
     * A call that ended, with all that was made of it: failovers, hedges, the parts of a range of logs. A transaction that is sent is a call of
     * {@code eth_sendRawTransaction}, for which its hash may be looked up as well.
     *
     * @param method the method; {@code batch} for several calls in one request
     * @param outcome how it ended
     * @param error what the refusal means; empty if it was not refused
     * @param attempts how many were begun until then; 0 if nobody was asked, since the answer was known or no node could be
     * @param took how long, waiting included
     */
    record Call(String method, Outcome outcome, Optional<ErrorClass> error, int attempts, Duration took) {}

    /** Follows one call from its beginning to its end, such as a span does. */
    interface CallTrace {

        /**
         * An attempt begins; on any thread, and for a broadcast also after the call has ended.
         *
         * @param node the node that is asked
         * @param method the method; {@code batch} for several calls in one request
         * @param purpose what it is made for
         * @return what follows it
         */
        AttemptTrace attempt(String node, String method, Purpose purpose);

        /**
         * The call ended. Told once, on the caller's thread.
         *
         * @param call what became of it
         */
        void end(Call call);
    }

    /** Follows one attempt. */
    @FunctionalInterface
    interface AttemptTrace {

        /**
         * The attempt ended. Told once, on the thread that began it.
         *
         * @param attempt what became of it
         */
        void end(Attempt attempt);
    }

    /**
     * A call begins, on the caller's thread.
     *
     * @param method the method; {@code batch} for several calls in one request
     * @return what follows it; default: empty, for listeners to which it is enough to hear of the end
     */
    default Optional<CallTrace> follow(String method) {
        return Optional.empty();
    }

    /**
     * A call ended.
     *
     * @param call what became of it
     */
    default void onCall(Call call) {}

    /**
     * An attempt ended, be it for a caller or a check of the pool's.
     *
     * @param attempt what became of it
     */
    default void onAttempt(Attempt attempt) {}

    /**
     * A node gave an error that the table of errors does not know, but perhaps by a code such as -32000 that says nothing: one other node is
     * asked, and it counts against none. A row of one's own ({@link dev.tocsin.rpcpool.error.ErrorClassifier#with}) mends that.
     *
     * @param node who said it
     * @param method what was asked; {@code batch} for several calls in one request
     * @param code the JSON-RPC error code
     * @param message what it said
     */
    default void onUnclassified(String node, String method, int code, String message) {}

    /**
     * The pool was opened.
     *
     * @param status asks the pool how it is, as {@link RpcPool#status}; of any thread, also later
     */
    default void onOpen(Supplier<PoolStatus> status) {}

    /** The pool was closed. Calls that this ended may be told of afterwards. */
    default void onClose() {}

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
     * A node was removed while the pool runs.
     *
     * @param node the node
     */
    default void onNodeRemoved(String node) {}

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
     * A call ended for which a second node was asked.
     *
     * @param method the method
     * @param first the node that was late
     * @param second the node that was asked as well
     * @param won whether the second one's answer was taken
     */
    default void onHedgeEnd(String method, String first, String second, boolean won) {}

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
     * The newest finalized block that was shown to callers is given up: for a minute at least, no majority of the nodes has had it as finalized.
     * A node was wrong when the others had not told of theirs yet, or the nodes that had it are gone. What {@code finalized} means goes back.
     *
     * @param shown the block that was shown
     * @param finalized the newest finalized block that most nodes have now
     */
    default void onFinalizedGivenUp(long shown, long finalized) {}

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
