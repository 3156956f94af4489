package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.util.List;

/** Learns from what a node said to each call, whether it came alone or in a batch; nothing of a node that is out of use, or gone. */
interface EachCall extends Learner {

    /** A node has answered or refused a call: the one at an index of {@link Asked#each}. */
    void told(Node node, Asked asked, int index, CallOutcome outcome, long now);

    @Override
    default void served(Node node, Asked asked, Object answer, long now) {
        if (node.isCordoned()) {
            return;
        }
        if (answer instanceof CallOutcome outcome) {
            told(node, asked, 0, outcome, now);
        } else if (answer instanceof List<?> outcomes) {
            told(node, asked, outcomes, now);
        }
    }

    /** One error for a whole batch teaches nothing: it may be about any of the calls, or about batches. */
    @Override
    default void failed(Node node, Asked asked, NodeFailure failure, long now) {
        if (node.isCordoned()) {
            return;
        }
        if (asked.call() == null) {
            told(node, asked, failure.outcomes(), now);
        } else if (failure.rejection().isPresent()) {
            told(node, asked, 0, failure.rejection().get(), now);
        }
    }

    private void told(Node node, Asked asked, List<?> outcomes, long now) {
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof CallOutcome outcome) {
                told(node, asked, i, outcome, now);
            }
        }
    }
}
