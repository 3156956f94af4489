package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.node.HeadLook;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.NodesView;
import dev.tocsin.rpcpool.internal.view.Belief;
import dev.tocsin.rpcpool.internal.view.Patience;
import dev.tocsin.rpcpool.internal.view.View;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** A view over a layer that plays back answers, and nodes whose heads a test sets. */
abstract class ViewFixture {

    private static final JsonMapper JSON = JsonMapper.shared();

    final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    final List<String> asked = new ArrayList<>();
    final Deque<CallOutcome> answers = new ArrayDeque<>();
    List<Node> nodes = List.of();
    NodesView chain;

    int looks;
    long toldLater = -1;
    String denied = "nothing"; // the block that nobody gives

    /** The others answer when time passes. */
    private final HeadLook look = new HeadLook() {
        @Override
        public void hurry() {
            looks++;
        }

        @Override
        public void doubt() {
            hurry();
        }

        @Override
        public boolean keepUp() {
            return false;
        }

        @Override
        public boolean isAsking() {
            return looks > 0;
        }
    };

    View view = of(Pinning.WHEN_NODES_DIFFER, 100, 100, 100);

    View of(Pinning pinning, long... heads) {
        nodes = IntStream.range(0, heads.length)
                .mapToObj(i -> new Node("n" + i, URI.create("http://n" + i), Tier.PRIMARY, 3))
                .toList();
        Nodes all = new Nodes(nodes);
        chain = new NodesView(all, clock.nanoTicker(), new Listeners(List.of()));
        for (int i = 0; i < heads.length; i++) {
            nodes.get(i).healthy(false, Duration.ZERO, clock.instant(), clock.nanos());
            chain.learned(nodes.get(i), heads[i]);
        }
        Patience patience = new Patience(chain, look, this::pause, clock.nanoTicker());
        view = new View(
                this::below,
                this::batches,
                all,
                chain,
                pinning,
                new Belief(all, chain, patience),
                patience,
                clock.nanoTicker());
        return view;
    }

    private void pause(Duration time) {
        clock.advance(time);
        if (toldLater >= 0) {
            nodes.forEach(node -> chain.learned(node, toldLater));
        }
    }

    private CallOutcome below(RpcCall call, CallContext context) {
        asked.add(call.method().substring(4) + call.params() + " " + context.minHead());
        if (call.params().contains(denied)) {
            if (call.method().equals("eth_getBlockByNumber")) {
                return says(0, "null");
            }
            throw new RpcRejectedException(call.method(), (CallOutcome.Rejected) lacks(0), false);
        }
        CallOutcome answer = answers.isEmpty() ? says(0, "\"0x1\"") : answers.remove();
        if (answer instanceof CallOutcome.Rejected rejected) {
            throw new RpcRejectedException(call.method(), rejected, false);
        }
        return answer;
    }

    private List<CallOutcome> batches(List<RpcCall> calls, CallContext context) {
        asked.add(calls.size() + " " + context.minHead());
        return List.of(says(2, "\"0x63\""), says(2, "null"), says(2, "\"0x9\""));
    }

    static CallOutcome says(int node, String json) {
        return new CallOutcome.Answered(RpcResult.of(JSON.readTree(json), "n" + node, Duration.ZERO));
    }

    static CallOutcome block(int node, long number) {
        return says(node, "{\"number\":\"0x" + Long.toHexString(number) + "\"}");
    }

    static CallOutcome lacks(int node) {
        return new CallOutcome.Rejected(-32000, "header not found", null, "n" + node, ErrorClass.MISSING_DATA);
    }

    RpcResult ask(CallContext context, String method, Object... params) throws InterruptedException {
        return LayeredCaller.result(method, view.call(RpcCall.of(method, params), context));
    }

    RpcResult ask(String method, Object... params) throws InterruptedException {
        return ask(new CallContext(clock.nanos() + Duration.ofSeconds(10).toNanos(), -1), method, params);
    }
}
