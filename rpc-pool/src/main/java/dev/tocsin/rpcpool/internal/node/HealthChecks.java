package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every node: its chain, then its newest block. Runs the first round when the pool opens and one in every period; sooner
 * when a node has failed a call.
 */
public final class HealthChecks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RpcPool.class);
    private static final Duration END = Duration.ofSeconds(2);
    private static final RpcCall CHAIN_ID = RpcCall.of("eth_chainId");
    private static final RpcCall BLOCK_NUMBER = RpcCall.of("eth_blockNumber");

    private final Supplier<List<Node>> nodes;
    private final Transport transport;
    private final Duration every;
    private final Duration timeout;
    private final InstantSource clock;
    private final LongSupplier nanoTicker;
    private final Listeners listeners;
    private final Semaphore hurry = new Semaphore(0);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tocsin-node-check-", 0).factory());
    private volatile OptionalLong chainId;

    public HealthChecks(
            Supplier<List<Node>> nodes,
            Transport transport,
            OptionalLong chainId,
            Duration every,
            Duration timeout,
            InstantSource clock,
            LongSupplier nanoTicker,
            Listeners listeners) {
        this.nodes = nodes;
        this.transport = transport;
        this.chainId = chainId;
        this.every = every;
        this.timeout = timeout;
        this.clock = clock;
        this.nanoTicker = nanoTicker;
        this.listeners = listeners;
    }

    /** The first round; the chain of the pool. */
    public long open() throws InterruptedException {
        round();
        if (nodes.get().stream().noneMatch(node -> node.state() == NodeState.HEALTHY)) {
            Map<String, String> causes = new LinkedHashMap<>();
            nodes.get()
                    .forEach(node ->
                            causes.put(node.name(), node.status().lastError().orElse("no answer")));
            throw new NoNodeException("no node can be used", causes, false);
        }
        threads.execute(this::loop);
        return chainId.orElseThrow();
    }

    /** Asks for a round before its time. */
    public void hurry() {
        hurry.release();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(END.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Makes sure that a node that is not healthy, or has just failed a call, serves the chain before it is asked: it may have come back
     * as another.
     */
    public void verifyChain(Node node, Duration most) throws NodeFailure, InterruptedException {
        Duration patience = most.compareTo(timeout) < 0 ? most : timeout;
        long chain;
        try {
            chain = ask(node, CHAIN_ID, patience).asLong();
        } catch (NodeFailure e) { // only the chain was asked for: nothing of the call has been sent
            throw new NodeFailure(e.blamesNode() ? NodeFailure.Kind.NOT_SENT : NodeFailure.Kind.LIMITED, e.reason());
        } catch (RpcException e) {
            throw new NodeFailure(NodeFailure.Kind.NOT_SENT, reason(e));
        }
        if (chain != chainId.orElseThrow()) {
            String cause = wrongChain(chain);
            listeners.onChange(node, node.wrongChain(cause, clock.instant()));
            throw new NodeFailure(NodeFailure.Kind.LIMITED, cause);
        }
        node.verified();
    }

    private void loop() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (hurry.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS)) {
                    // at most one extra round in a tenth of the period, however many calls fail
                    TimeUnit.NANOSECONDS.sleep(every.toNanos() / 10);
                    hurry.drainPermits();
                }
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException e) {
            LOG.debug("health checks closed while a round began", e);
        }
    }

    /** Asks all nodes at once. Where the chain is not known yet, the first in the given order that answers decides, not the quickest. */
    private void round() throws InterruptedException {
        boolean known = chainId.isPresent();
        List<Node> round = nodes.get();
        List<Future<Look>> looks = round.stream()
                .map(node -> threads.submit(() -> {
                    Look look = look(node);
                    if (known) {
                        apply(node, look);
                    }
                    return look;
                }))
                .toList();
        for (int i = 0; i < looks.size(); i++) {
            try {
                Look look = looks.get(i).get(); // bounded by the timeouts of its two calls
                if (!known) {
                    apply(round.get(i), look);
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof InterruptedException) {
                    continue; // we are closing
                }
                LOG.error("a health check failed by a bug of ours node={}", round.get(i), e.getCause());
            }
        }
    }

    private Look look(Node node) throws InterruptedException {
        long began = nanoTicker.getAsLong();
        if (node.cools(began)) {
            return new Look.LeftAlone();
        }
        try {
            long chain = ask(node, CHAIN_ID, timeout).asLong();
            OptionalLong expected = chainId;
            if (expected.isPresent() && expected.getAsLong() != chain) {
                return new Look.Seen(chain, 0, Duration.ZERO);
            }
            long head = ask(node, BLOCK_NUMBER, timeout).asLong();
            return new Look.Seen(chain, head, Duration.ofNanos(nanoTicker.getAsLong() - began));
        } catch (NodeFailure e) {
            e.coolDown().ifPresent(time -> {
                node.coolDown(time, nanoTicker.getAsLong());
                node.budget().pause(nanoTicker.getAsLong(), time);
            });
            return new Look.Failed(e.reason(), e.kind() != NodeFailure.Kind.LIMITED);
        } catch (RpcException e) {
            return new Look.Failed(reason(e), true);
        }
    }

    private void apply(Node node, Look look) {
        if (threads.isShutdown()) {
            return; // what failed may have failed because we are closing
        }
        Node.@Nullable Change change = switch (look) {
            case Look.Seen seen -> {
                if (chainId.isEmpty()) {
                    chainId = OptionalLong.of(seen.chain);
                }
                yield seen.chain == chainId.getAsLong()
                        ? node.healthy(seen.head, seen.took, clock.instant(), nanoTicker.getAsLong())
                        : node.wrongChain(wrongChain(seen.chain), clock.instant());
            }
            case Look.LeftAlone left -> null;
            case Look.Failed failed -> {
                node.checked(clock.instant());
                yield node.failed(failed.cause, failed.blamesNode);
            }
        };
        if (change != null) {
            listeners.onChange(node, change);
        }
    }

    private String wrongChain(long chain) {
        return "serves chain " + chain + ", expected chain " + chainId.orElseThrow();
    }

    private static String reason(RpcException failure) {
        return String.valueOf(failure.getMessage());
    }

    /** What a check saw. */
    private sealed interface Look {
        record Seen(long chain, long head, Duration took) implements Look {}

        record Failed(String cause, boolean blamesNode) implements Look {}

        /** It limits us, so it was not asked. */
        record LeftAlone() implements Look {}
    }

    private RpcResult ask(Node node, RpcCall call, Duration most) throws NodeFailure, InterruptedException {
        long began = nanoTicker.getAsLong();
        boolean answered = false;
        node.budget().spend(1, node.budget().cost(call.method()), began);
        try {
            CallOutcome outcome = transport.call(node.name(), node.url(), call, most);
            answered = true;
            return switch (outcome) {
                case CallOutcome.Answered answer -> answer.result();
                case CallOutcome.Rejected rejected ->
                    throw new NodeFailure(NodeFailure.Kind.UNABLE, call.method() + " refused: " + rejected.message());
            };
        } finally {
            listeners.onCall(node.name(), call.method(), Duration.ofNanos(nanoTicker.getAsLong() - began), answered);
        }
    }
}
