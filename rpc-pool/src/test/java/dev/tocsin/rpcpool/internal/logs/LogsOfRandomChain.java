package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.CallOutcome.Answered;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.logs.LimitedNodes.Node;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/** A chain of random logs, nodes that limit what they give of it, and the planner over them. */
abstract class LogsOfRandomChain {

    final Random random;
    final RandomLogs chain;
    final Node open;
    final AtomicLong clock = new AtomicLong();
    final CallContext context = new CallContext(Duration.ofHours(100).toNanos(), -1);

    LogsOfRandomChain(long seed) {
        random = new Random(seed);
        chain = new RandomLogs(random, 5000);
        open = Node.open("open", chain.head());
    }

    LogsPlanner planner(LimitedNodes nodes) {
        return new LogsPlanner(nodes, nodes.heads(), clock::get);
    }

    LimitedNodes nodes(Node... nodes) {
        return new LimitedNodes(chain, random, 0, nodes);
    }

    JsonNode truth(RpcCall call) {
        return chain.find(LogsFilter.of(call), chain.head());
    }

    JsonNode logs(LogsPlanner planner, RpcCall call) throws InterruptedException {
        return ((Answered) planner.call(call, context)).result().tree();
    }

    /** How many requests there were since this was last asked. */
    static int asked(LimitedNodes nodes) {
        int asked = nodes.asked.size();
        nodes.asked.clear();
        return asked;
    }
}
