package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.node.ArrayNode;

/** Stands for the layers below the planner: chooses a node that has the block, which answers or refuses as real ones do. */
class LimitedNodes implements Layer {

    final List<LogsFilter> asked = new CopyOnWriteArrayList<>();
    final AtomicInteger underWay = new AtomicInteger();
    final AtomicInteger mostUnderWay = new AtomicInteger();

    private final RandomLogs chain;
    private final List<Node> nodes;
    private final Random random;
    private final double failures;

    LimitedNodes(RandomLogs chain, Random random, double failures, Node... nodes) {
        this.chain = chain;
        this.random = random;
        this.failures = failures;
        this.nodes = List.of(nodes);
    }

    /** The same of every node. */
    static LogsPlanner.Heads heads(long head) {
        return new LogsPlanner.Heads(() -> head, node -> head, () -> -1);
    }

    LogsPlanner.Heads heads() {
        return new LogsPlanner.Heads(
                () -> nodes.stream().mapToLong(Node::head).max().orElse(-1),
                name -> nodes.stream()
                        .filter(node -> node.name.equals(name))
                        .findFirst()
                        .orElseThrow()
                        .head,
                () -> -1);
    }

    /** What it allows, and the words in which it refuses: %d is the limit, %x and %x the range that would do. */
    record Node(String name, long head, long blocks, int results, int alternatives, String words, String resultWords) {

        static Node open(String name, long head) {
            return new Node(name, head, Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, "", "");
        }

        Node blocks(long most, String inWords) {
            return new Node(name, head, most, results, alternatives, inWords, resultWords);
        }

        Node results(int most, String inWords) {
            return new Node(name, head, blocks, most, alternatives, words, inWords);
        }

        Node alternatives(int most) {
            return new Node(name, head, blocks, results, most, words, resultWords);
        }
    }

    @Override
    public CallOutcome call(RpcCall call, CallContext context) throws InterruptedException {
        LogsFilter filter = LogsFilter.of(call);
        asked.add(filter);
        mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        try {
            before(filter, context);
            List<Node> able =
                    nodes.stream().filter(one -> one.head >= context.minHead()).toList();
            if (able.isEmpty() || random.nextDouble() < failures) {
                throw new RpcException("no node served eth_getLogs", null);
            }
            return answer(able.get(random.nextInt(able.size())), filter);
        } finally {
            underWay.decrementAndGet();
        }
    }

    /** For tests that hold a request, or let time pass. */
    void before(LogsFilter filter, CallContext context) throws InterruptedException {}

    private CallOutcome answer(Node node, LogsFilter filter) {
        if (filter.blocks() > node.blocks) {
            return refusal(node, ErrorClass.RANGE_TOO_LARGE, said(node.words, node.blocks, filter, node.blocks));
        }
        for (int position = 0; position < filter.positions(); position++) {
            if (filter.alternatives(position).size() > node.alternatives) {
                return refusal(
                        node, ErrorClass.ADDRESSES_TOO_LARGE, "exceed max addresses or topics per search position");
            }
        }
        ArrayNode logs = chain.find(filter, node.head);
        if (logs.size() > node.results) {
            String said = said(node.resultWords, node.results, filter, Math.max(1, filter.blocks() / 3));
            return refusal(node, ErrorClass.RESULT_TOO_LARGE, said);
        }
        return new CallOutcome.Answered(RpcResult.of(logs, node.name, Duration.ofMillis(1)));
    }

    private static String said(String words, long limit, LogsFilter filter, long blocks) {
        return words.replace("%d", "" + limit)
                .replaceFirst("%x", RandomLogs.hex(filter.from()))
                .replaceFirst("%x", RandomLogs.hex(filter.from() + blocks - 1));
    }

    static CallOutcome.Rejected refusal(Node node, ErrorClass error, String message) {
        return new CallOutcome.Rejected(-32602, message, null, node.name, error);
    }
}
