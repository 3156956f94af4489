package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A pool of Ethereum JSON-RPC nodes of one chain. A call goes to a healthy node; if that node cannot serve it, another is asked,
 * within one deadline. A refusal of the call itself (it reverts, its parameters are wrong) is final: any node says the same.
 *
 * <p>Long-lived and safe for use by many threads; blocking, made for virtual threads. Close it to free its connections.
 */
public final class RpcPool implements AutoCloseable {

    private static final String SEND = "eth_sendRawTransaction";

    private final List<Node> nodes;
    private final HttpTransport transport;
    private final HealthChecks checks;
    private final HeadFeed heads;
    private final Selection selection;
    private final Listeners listeners;
    private final Semaphore connections;
    private final Duration callTimeout;
    private final int attempts;
    private final Duration retryDelay;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final long chainId;

    RpcPool(RpcPoolBuilder settings) throws InterruptedException {
        NodeName names = new NodeName();
        List<Node> all = new ArrayList<>();
        settings.primary.forEach(url -> all.add(new Node(names.of(url), url, Tier.PRIMARY, settings.unhealthyAfter)));
        settings.fallback.forEach(url -> all.add(new Node(names.of(url), url, Tier.FALLBACK, settings.unhealthyAfter)));
        nodes = List.copyOf(all);
        listeners = new Listeners(settings.listeners);
        transport = new HttpTransport();
        selection = new Selection(nodes);
        connections = new Semaphore(settings.maxConnections, true);
        callTimeout = settings.callTimeout;
        attempts = settings.attempts;
        retryDelay = settings.retryDelay;
        checks = new HealthChecks(
                nodes,
                transport,
                settings.chain,
                settings.healthCheckEvery,
                settings.healthCheckTimeout,
                InstantSource.system(),
                listeners);
        heads = new HeadFeed(transport.client(), settings.webSocket, listeners);
        boolean opened = false;
        try {
            chainId = checks.open();
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /**
     * Begins a pool.
     *
     * @return the settings
     */
    public static RpcPoolBuilder builder() {
        return new RpcPoolBuilder();
    }

    /**
     * The chain that every node in use serves.
     *
     * @return its id (EIP-155)
     */
    public long chainId() {
        return chainId;
    }

    /**
     * Calls a method. Blocks for at most the call timeout, retries included.
     *
     * <p>{@code eth_sendRawTransaction} goes to one node only: when the connection breaks after it was sent, the exception says that
     * it may have been accepted.
     *
     * @param method such as {@code eth_blockNumber}
     * @param params what can be written as JSON
     * @return the answer
     * @throws RpcRejectedException if the call is at fault, or every node asked refused it with an error
     * @throws NoNodeException if no node served it within the timeout; with each node's cause
     * @throws InterruptedException if interrupted; the call may have been executed
     */
    public RpcResult call(String method, @Nullable Object... params) throws InterruptedException {
        RpcCall call = RpcCall.of(method, params);
        Attempt<CallOutcome> attempt = (node, timeout) -> transport.call(node.name(), node.url(), call, timeout);
        return switch (attempts(method, attempt)) {
            case CallOutcome.Answered answered -> answered.result();
            case CallOutcome.Rejected rejected -> throw new RpcRejectedException(method, rejected);
        };
    }

    /**
     * Sends many calls in one request. If the node cannot serve one of them, all are asked of another node.
     *
     * @param calls the calls; none is an empty answer
     * @return what became of each, in the order of the calls
     * @throws RpcRejectedException if every node asked refused the batch, or one call in it, with an error that is the node's
     * @throws NoNodeException if no node served it within the timeout
     * @throws InterruptedException if interrupted; the calls may have been executed
     */
    public List<CallOutcome> batch(List<RpcCall> calls) throws InterruptedException {
        if (calls.isEmpty()) {
            return List.of();
        }
        List<RpcCall> copy = List.copyOf(calls);
        return attempts("batch", (node, timeout) -> transport.batch(node.name(), node.url(), copy, timeout));
    }

    /**
     * What is known of each node now.
     *
     * @return a snapshot
     */
    public PoolStatus status() {
        return new PoolStatus(chainId, nodes.stream().map(Node::status).toList());
    }

    /**
     * Calls back when a node tells of a new head over WebSocket, or when that source is lost or regained. Only a wake-up: ask for
     * the head, since messages may be lost or come twice. Never calls when no WebSocket URL was given.
     *
     * @param wake quick; called by one thread at a time
     * @return closing it ends the calls
     */
    public Subscription onHead(Runnable wake) {
        return heads.subscribe(requireNonNull(wake, "wake"));
    }

    /** Frees the connections; calls under way fail. Does nothing the second time. */
    @Override
    public void close() {
        heads.close();
        checks.close();
        transport.close();
    }

    @Override
    public String toString() {
        return "RpcPool" + nodes;
    }

    /** A registration that can be ended. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        /** Ends it. Does nothing the second time. */
        @Override
        void close();
    }

    /** One attempt at one node. */
    @FunctionalInterface
    private interface Attempt<T> {
        T at(Node node, Duration timeout) throws NodeFailure, InterruptedException;
    }

    private <T> T attempts(String method, Attempt<T> attempt) throws InterruptedException {
        long deadline = System.nanoTime() + callTimeout.toNanos();
        Map<String, String> causes = new LinkedHashMap<>();
        CallOutcome.Rejected refusal = null;
        List<Node> order = selection.order();
        int tries = method.equals(SEND) ? Math.min(1, order.size()) : attempts;
        for (int i = 0; i < tries && !order.isEmpty(); i++) {
            Node node = order.get(i % order.size());
            if (i > 0) {
                Node before = order.get((i - 1) % order.size());
                listeners.onFailover(method, before.name(), node.name(), causes.getOrDefault(before.name(), ""));
                if (i >= order.size()) {
                    pause(i - order.size(), deadline);
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                causes.putIfAbsent(node.name(), "no time was left");
                break;
            }
            try {
                // a node that hangs must leave time for the others
                Duration timeout = Duration.ofNanos(Math.max(1_000_000, left / (tries - i)));
                return one(method, node, timeout, attempt);
            } catch (NodeFailure e) {
                causes.put(node.name(), e.reason());
                refusal = e.rejection().orElse(refusal);
            }
        }
        if (refusal != null) {
            throw new RpcRejectedException(method, refusal);
        }
        String hint = method.equals(SEND) ? " (it may have been accepted; look for its hash)" : "";
        throw new NoNodeException("no node served " + method + hint, causes);
    }

    private <T> T one(String method, Node node, Duration timeout, Attempt<T> attempt)
            throws NodeFailure, InterruptedException {
        if (!connections.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new NodeFailure(NodeFailure.Kind.UNABLE, "no connection was free within " + timeout);
        }
        long began = System.nanoTime();
        boolean answered = false;
        try {
            T result = attempt.at(node, timeout);
            node.served();
            answered = true;
            return result;
        } catch (NodeFailure e) {
            Node.Change change = node.failed(e.reason(), e.blamesNode());
            listeners.onChange(node, change);
            if (e.blamesNode()) {
                checks.hurry();
            }
            throw e;
        } finally {
            connections.release();
            listeners.onCall(node.name(), method, Duration.ofNanos(System.nanoTime() - began), answered);
        }
    }

    /** Every node has been asked once: waits before the next round, longer each time, half of it by chance. */
    private void pause(int round, long deadline) throws InterruptedException {
        long base = retryDelay.toNanos() << Math.min(round, 10);
        long nanos = base / 2 + (base > 1 ? random.nextLong(base / 2 + 1) : 0);
        TimeUnit.NANOSECONDS.sleep(Math.clamp(deadline - System.nanoTime(), 0, nanos));
    }
}
