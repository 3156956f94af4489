package dev.tocsin.rpcpool;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Looks at every node: its chain, then its newest block. Runs the first round when the pool opens and one in every period; sooner
 * when a node has failed a call.
 */
final class HealthChecks implements AutoCloseable {

    private static final RpcCall CHAIN_ID = RpcCall.of("eth_chainId");
    private static final RpcCall BLOCK_NUMBER = RpcCall.of("eth_blockNumber");

    private final List<Node> nodes;
    private final HttpTransport transport;
    private final Duration every;
    private final Duration timeout;
    private final InstantSource clock;
    private final Listeners listeners;
    private final Semaphore hurry = new Semaphore(0);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tocsin-node-check-", 0).factory());
    private volatile OptionalLong chainId;

    HealthChecks(
            List<Node> nodes,
            HttpTransport transport,
            OptionalLong chainId,
            Duration every,
            Duration timeout,
            InstantSource clock,
            Listeners listeners) {
        this.nodes = nodes;
        this.transport = transport;
        this.chainId = chainId;
        this.every = every;
        this.timeout = timeout;
        this.clock = clock;
        this.listeners = listeners;
    }

    /** The first round; the chain of the pool. */
    long open() throws InterruptedException {
        round();
        if (nodes.stream().noneMatch(node -> node.state() == NodeState.HEALTHY)) {
            Map<String, String> causes = new LinkedHashMap<>();
            nodes.forEach(
                    node -> causes.put(node.name(), node.status().lastError().orElse("no answer")));
            throw new NoNodeException("no node can be used", causes);
        }
        threads.execute(this::loop);
        return chainId.orElseThrow();
    }

    /** Asks for a round before its time. */
    void hurry() {
        hurry.release();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void loop() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (hurry.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS)) {
                    hurry.drainPermits();
                    // at most one extra round in a tenth of the period, however many calls fail
                    TimeUnit.NANOSECONDS.sleep(every.toNanos() / 10);
                }
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        // without a configured chain the first node in the given order that answers decides, not the quickest
        for (Node node : nodes) {
            if (chainId.isPresent()) {
                break;
            }
            check(node);
        }
        List<Future<?>> checks = nodes.stream()
                .<Future<?>>map(node -> threads.submit(() -> check(node)))
                .toList();
        for (Future<?> check : checks) {
            try {
                check.get(timeout.multipliedBy(3).toNanos(), TimeUnit.NANOSECONDS);
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                check.cancel(true);
            }
        }
    }

    private void check(Node node) {
        long began = System.nanoTime();
        try {
            long chain = ask(node, CHAIN_ID).asLong();
            OptionalLong expected = chainId;
            if (expected.isPresent() && expected.getAsLong() != chain) {
                String cause = "serves chain " + chain + ", expected chain " + expected.getAsLong();
                listeners.onChange(node, node.wrongChain(cause, clock.instant()));
                return;
            }
            long head = ask(node, BLOCK_NUMBER).asLong();
            chainId = OptionalLong.of(chain);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            listeners.onChange(node, node.healthy(head, took, clock.instant()));
        } catch (NodeFailure e) {
            failed(node, e.reason());
        } catch (RpcException e) {
            failed(node, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void failed(Node node, String cause) {
        node.checked(clock.instant());
        listeners.onChange(node, node.failed(cause, true));
    }

    private RpcResult ask(Node node, RpcCall call) throws NodeFailure, InterruptedException {
        long began = System.nanoTime();
        boolean answered = false;
        try {
            CallOutcome outcome = transport.call(node.name(), node.url(), call, timeout);
            answered = true;
            return switch (outcome) {
                case CallOutcome.Answered answer -> answer.result();
                case CallOutcome.Rejected rejected ->
                    throw new NodeFailure(NodeFailure.Kind.UNABLE, call.method() + " refused: " + rejected.message());
            };
        } finally {
            listeners.onCall(node.name(), call.method(), Duration.ofNanos(System.nanoTime() - began), answered);
        }
    }
}
