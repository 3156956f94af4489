package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Nodes without a network, each with an answer to every call; for callers on many threads. The clock stands still unless a test moves it. */
final class ScriptedTransport implements WithoutBatches {

    private static final JsonMapper MAPPER = new JsonMapper();

    final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private volatile Supplier<String> head = () -> "0x1";
    private final Map<String, Answer> answers = new LinkedHashMap<>();

    /** What a node says. */
    @FunctionalInterface
    interface Answer {
        CallOutcome to(RpcCall call, Cancellation cancellation) throws NodeFailure, InterruptedException;
    }

    ScriptedTransport node(String name, Answer answer) {
        answers.put(name, answer);
        return this;
    }

    /** Sets what all nodes say is their newest block. */
    ScriptedTransport onHead(Supplier<String> newest) {
        head = newest;
        return this;
    }

    /** Says always the same. */
    static Answer says(String json) {
        JsonNode tree = MAPPER.readTree(json);
        return (call, cancellation) -> new CallOutcome.Answered(RpcResult.of(tree, "set below", Duration.ZERO));
    }

    static Answer fails(String cause) {
        return (call, cancellation) -> {
            throw new NodeFailure(NodeFailure.Kind.NOT_SENT, cause);
        };
    }

    /** Says nothing until it is given up, which it tells by the latch. */
    static Answer hangs(CountDownLatch givenUp) {
        return (call, cancellation) -> {
            cancellation.onCancel(givenUp::countDown);
            givenUp.await();
            throw NodeFailure.givenUp();
        };
    }

    RpcPool open() throws InterruptedException {
        RpcPoolBuilder settings = RpcPool.builder().selection(SelectionStrategy.priority());
        return open(settings);
    }

    RpcPool open(RpcPoolBuilder settings) throws InterruptedException {
        settings.chain(1).healthCheckEvery(Duration.ofHours(1));
        answers.keySet().forEach(name -> settings.primary("http://" + name));
        settings.transports = (any, headers) -> this;
        settings.clock = clock;
        settings.nanoTicker = clock.nanoTicker();
        return settings.open();
    }

    @Override
    public CallOutcome call(String name, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        Answer answer = switch (call.method()) {
            case "eth_blockNumber" -> says('"' + head.get() + '"');
            case "eth_chainId", "eth_syncing", "net_peerCount", "web3_clientVersion" -> says("\"0x1\"");
            case "eth_getBlockByNumber" -> says("null");
            default -> {
                asked.add(name);
                yield answers.get(name);
            }
        };
        CallOutcome outcome = answer.to(call, cancellation);
        return switch (outcome) {
            case CallOutcome.Answered answered ->
                new CallOutcome.Answered(RpcResult.of(answered.result().tree(), name, Duration.ZERO));
            case CallOutcome.Rejected rejected ->
                new CallOutcome.Rejected(
                        rejected.code(), rejected.message(), rejected.data(), name, rejected.errorClass());
        };
    }
}
