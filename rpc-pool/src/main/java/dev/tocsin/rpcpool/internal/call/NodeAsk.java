package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One call at one node, counted and told as any other. */
@FunctionalInterface
public interface NodeAsk {
    CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException;

    /**
     * As {@link #ask}, and when the node is late at a second one too, if it can be asked: for what takes effect once, however many nodes are
     * asked. An answer that is weak never wins over one that is awaited.
     *
     * @param tried who is not asked as the second
     * @param isWeak whether an answer may lose against one of the other node
     * @return what each has said, but for one that was given up
     */
    default List<Said> askTwo(Node node, Set<Node> tried, RpcCall call, Duration timeout, Predicate<CallOutcome> isWeak)
            throws InterruptedException {
        try {
            return List.of(new Said(node, ask(node, call, timeout), null));
        } catch (NodeFailure e) {
            return List.of(new Said(node, null, e));
        }
    }

    /** The same as part of a call that is watched. */
    default NodeAsk watchedBy(Watch watch) {
        return this;
    }

    /** What a node said, or else why it did not. */
    record Said(
            Node node,
            @Nullable CallOutcome outcome,
            @Nullable NodeFailure failure) {}
}
