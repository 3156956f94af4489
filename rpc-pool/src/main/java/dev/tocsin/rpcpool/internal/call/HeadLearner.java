package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.node.ChainView;
import dev.tocsin.rpcpool.internal.node.Head;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.Json;
import tools.jackson.databind.JsonNode;

/** Learns how far nodes have come from what they answer to callers anyway. */
public final class HeadLearner implements Learner {

    private final ChainView view;

    public HeadLearner(ChainView view) {
        this.view = view;
    }

    @Override
    public void served(Node node, Asked asked, Object answer, long now) {
        RpcCall call = asked.call();
        if (call == null || !(answer instanceof CallOutcome.Answered answered)) {
            return;
        }
        JsonNode tree = answered.result().tree();
        switch (call.method()) {
            case "eth_blockNumber" -> {
                if (Json.isLongQuantity(tree)) {
                    view.learned(node, Json.longQuantity(tree));
                }
            }
            case "eth_getBlockByNumber" -> {
                Head head = !call.params().isEmpty()
                                && "latest".equals(call.params().getFirst())
                        ? Head.of(tree)
                        : null;
                if (head != null) {
                    view.learned(node, head);
                }
            }
            default -> {}
        }
    }
}
