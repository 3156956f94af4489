package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;

/** Learns from what nodes answer to single attempts; often also a {@link Gate}. Must be quick and must not block. */
public interface Learner {

    /** A node is about to be asked. */
    default void began(Node node, Asked asked, long now) {}

    /** A node served what was asked: a refusal of the call itself counts as served. The answer is a list for a batch. */
    default void served(Node node, Asked asked, Object answer, long now) {}

    /** A node could not serve it. */
    default void failed(Node node, Asked asked, NodeFailure failure, long now) {}
}
