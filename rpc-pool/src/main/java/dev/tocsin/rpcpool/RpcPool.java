package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A pool of Ethereum JSON-RPC nodes of one chain. A call goes to a healthy node; if that node cannot serve it, another is asked,
 * within one deadline. A refusal of the call itself (it reverts, its parameters are wrong) is final: any node says the same.
 *
 * <p>Long-lived and safe for use by many threads; blocking, made for virtual threads. Close it to free its connections.
 */
public final class RpcPool implements AutoCloseable {

    private static final long LEAST_NANOS = 1_000_000;

    private final List<Node> nodes;
    private final Transport transport;
    private final HealthChecks checks;
    private final HeadFeed heads;
    private final Sending sending;
    private final Selection selection;
    private final Listeners listeners;
    private final Semaphore connections;
    private final Duration callTimeout;
    private final int attempts;
    private final Duration retryDelay;
    private final LongSupplier nanoTicker;
    private final RandomGenerator random;
    private final long chainId;
    private volatile boolean closed;

    RpcPool(RpcPoolBuilder settings) throws InterruptedException {
        NodeName names = new NodeName();
        List<Node> all = new ArrayList<>();
        settings.primary.forEach(url -> all.add(new Node(names.of(url), url, Tier.PRIMARY, settings.unhealthyAfter)));
        settings.fallback.forEach(url -> all.add(new Node(names.of(url), url, Tier.FALLBACK, settings.unhealthyAfter)));
        nodes = List.copyOf(all);
        listeners = new Listeners(settings.listeners);
        transport = settings.transports.apply(settings.connectTimeout(), settings.errors);
        selection = new Selection(nodes);
        connections = new Semaphore(settings.maxConnections, true);
        callTimeout = settings.callTimeout;
        attempts = settings.attempts;
        retryDelay = settings.retryDelay;
        nanoTicker = settings.nanoTicker;
        random = settings.random;
        checks = new HealthChecks(
                nodes,
                transport,
                settings.chain,
                settings.healthCheckEvery,
                settings.healthCheckTimeout,
                settings.clock,
                nanoTicker,
                listeners);
        heads = new HeadFeed(transport.client(), settings.webSocket, listeners, settings.nanoTicker, settings.random);
        Verification verification =
                new Verification(this::ask, settings.verifyTimeout, nanoTicker, TimeUnit.NANOSECONDS::sleep);
        sending = new Sending(nodes, selection::order, this::ask, verification, callTimeout, nanoTicker, listeners);
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
     * <p>What changes something, such as {@code eth_sendRawTransaction}, goes to one node only: another is asked if the first cannot be
     * reached or turns it away by a limit (HTTP 429), but not once the first may have taken it; the exception then says so.
     *
     * @param method such as {@code eth_blockNumber}
     * @param params what can be written as JSON
     * @return the answer
     * @throws IllegalArgumentException if the parameters cannot be written as JSON
     * @throws RpcRejectedException if the call is at fault, or every node asked refused it with an error
     * @throws NoNodeException if no node served it within the timeout; with each node's cause
     * @throws RpcException if the pool is closed; what was under way may have been executed
     * @throws InterruptedException if interrupted; the call may have been executed
     */
    public RpcResult call(String method, @Nullable Object... params) throws InterruptedException {
        RpcCall call = RpcCall.of(method, params);
        Attempt<CallOutcome> attempt = (node, timeout) -> transport.call(node.name(), node.url(), call, timeout);
        return switch (attempts(method, call.isOnce(), attempt)) {
            case CallOutcome.Answered answered -> answered.result();
            case CallOutcome.Rejected rejected -> throw new RpcRejectedException(method, rejected, false);
        };
    }

    /**
     * Sends many calls in one request. If the node cannot serve one of them, all are asked of another node; if that is so for every node
     * asked, the last node's outcomes are the answer. A batch in which a call changes something goes to one node only, as in {@link #call}.
     *
     * @param calls the calls; none is an empty answer
     * @return what became of each, in the order of the calls
     * @throws IllegalArgumentException if the parameters cannot be written as JSON
     * @throws RpcRejectedException if every node asked refused the whole batch with one error
     * @throws NoNodeException if no node served it within the timeout
     * @throws RpcException if the pool is closed; what was under way may have been executed
     * @throws InterruptedException if interrupted; the calls may have been executed
     */
    public List<CallOutcome> batch(List<RpcCall> calls) throws InterruptedException {
        if (calls.isEmpty()) {
            return List.of();
        }
        List<RpcCall> copy = List.copyOf(calls);
        boolean once = copy.stream().anyMatch(RpcCall::isOnce);
        AtomicReference<@Nullable List<CallOutcome>> partly = new AtomicReference<>();
        try {
            return attempts("batch", once, (node, timeout) -> {
                partly.set(null);
                List<CallOutcome> outcomes = transport.batch(node.name(), node.url(), copy, timeout);
                Optional<CallOutcome.Rejected> unable = refusalOfTheNode(outcomes);
                if (unable.isPresent()) {
                    partly.set(outcomes);
                    throw NodeFailure.partlyUnable(unable.get());
                }
                return outcomes;
            });
        } catch (RpcRejectedException e) {
            List<CallOutcome> outcomes = partly.get();
            if (outcomes != null) {
                return outcomes;
            }
            throw e;
        }
    }

    /**
     * Sends a signed transaction, and says what became of it. Nodes are asked one after another: the next one if a node cannot take it, by a
     * limit or a policy of its own, or if its answer is lost. What is then still open (a lost answer, a nonce that is gone, a fee too low)
     * is looked up by hash on at least two nodes, as long as two are healthy. So an answer that is lost is no error, and another
     * transaction with the same nonce no success. Does not wait for a block. Every node of the pool may come to see the transaction.
     *
     * <p>Blocks for at most the call timeout and the {@linkplain RpcPoolBuilder#verifyTimeout verify timeout} together. If it is interrupted
     * meanwhile, the outcome is {@link SendOutcome.Unknown} and the thread's interrupt status is set.
     *
     * @param signedTransactionHex 0x and the signed bytes: legacy, or typed as in EIP-2718 (types 1 to 4, a blob transaction with its blobs).
     *     Not for chains whose transactions have another hash than Keccak-256 of these
     * @return what became of it, with its hash, computed before it is sent
     * @throws IllegalArgumentException if that is no hexadecimal text
     * @throws RpcException if the pool is closed; nothing was sent
     * @throws InterruptedException if interrupted before; nothing was sent
     * @see <a href="https://ethereum.github.io/execution-apis/">eth_sendRawTransaction</a>
     * @see <a href="https://eips.ethereum.org/EIPS/eip-2718">EIP-2718</a>
     */
    public SendOutcome send(String signedTransactionHex) throws InterruptedException {
        SignedTransaction transaction = SignedTransaction.parse(signedTransactionHex);
        requireOpen();
        return sending.send(transaction);
    }

    /**
     * Sends a signed transaction to all healthy nodes at once. Returns when the first has taken it, or when seven in ten of them say what all
     * would say (it is invalid, its nonce is gone), or when all have answered; each has 5 s. If none has taken it, what is open is
     * looked up as in {@link #send}. The others go on in the background, whatever becomes of the caller, and their answers reach the report.
     *
     * <p>Blocks for at most 6 s and the {@linkplain RpcPoolBuilder#verifyTimeout verify timeout}; interrupted meanwhile as in {@link #send}.
     *
     * @param signedTransactionHex as for {@link #send}
     * @return the outcome, and each node's answer
     * @throws IllegalArgumentException if that is no hexadecimal text
     * @throws RpcException if the pool is closed; nothing was sent
     * @throws InterruptedException if interrupted before; nothing was sent
     */
    public BroadcastReport broadcast(String signedTransactionHex) throws InterruptedException {
        SignedTransaction transaction = SignedTransaction.parse(signedTransactionHex);
        requireOpen();
        return sending.broadcast(transaction);
    }

    private static Optional<CallOutcome.Rejected> refusalOfTheNode(List<CallOutcome> outcomes) {
        return outcomes.stream()
                .filter(CallOutcome.Rejected.class::isInstance)
                .map(CallOutcome.Rejected.class::cast)
                .filter(rejected -> !NodeFailure.callIsAtFault(rejected.errorClass()))
                .findFirst();
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
        closed = true;
        heads.close();
        sending.close();
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

    private <T> T attempts(String method, boolean once, Attempt<T> attempt) throws InterruptedException {
        long deadline = nanoTicker.getAsLong() + callTimeout.toNanos();
        Map<String, NodeFailure> failures = new LinkedHashMap<>();
        List<Node> order = selection.order();
        for (int i = 0; i < attempts && !order.isEmpty(); i++) {
            Node node = order.get(i % order.size());
            if (i > 0) {
                tellFailover(method, order.get((i - 1) % order.size()), node, failures);
            }
            if (i >= order.size()) {
                pause(i - order.size(), deadline);
            }
            long left = deadline - nanoTicker.getAsLong();
            if (left <= 0) {
                break;
            }
            if (closed) {
                throw new RpcException("the pool is closed", null);
            }
            if (!connections.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                throw new NoNodeException(
                        "no node served " + method + ", no connection was free within " + callTimeout,
                        causes(failures),
                        false);
            }
            try {
                // a node that hangs must leave time for those not asked yet
                int others = Math.min(attempts, order.size()) - i;
                left = deadline - nanoTicker.getAsLong();
                Duration timeout = Duration.ofNanos(Math.max(LEAST_NANOS, left / Math.max(1, others)));
                return one(method, node, timeout, attempt);
            } catch (NodeFailure e) {
                failures.put(node.name(), e);
                if (once && !e.certainlyNotDone()) {
                    break;
                }
            } finally {
                connections.release();
            }
        }
        throw unserved(method, once, failures);
    }

    private void requireOpen() {
        if (closed) {
            throw new RpcException("the pool is closed", null);
        }
    }

    /** One attempt at one node for those who choose the nodes themselves. */
    private CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException {
        long began = nanoTicker.getAsLong();
        if (closed || !connections.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            String cause = closed ? "the pool is closed" : "no connection was free within " + timeout;
            throw new NodeFailure(NodeFailure.Kind.NOT_SENT, cause);
        }
        try {
            long left = timeout.toNanos() - (nanoTicker.getAsLong() - began);
            return one(
                    call.method(),
                    node,
                    Duration.ofNanos(Math.max(LEAST_NANOS, left)),
                    (at, most) -> transport.call(at.name(), at.url(), call, most));
        } finally {
            connections.release();
        }
    }

    private RpcException unserved(String method, boolean once, Map<String, NodeFailure> failures) {
        if (closed) {
            return new RpcException("the pool is closed", null);
        }
        boolean isAmbiguous = once && failures.values().stream().anyMatch(failure -> !failure.certainlyNotDone());
        List<CallOutcome.Rejected> refusals = failures.values().stream()
                .flatMap(failure -> failure.rejection().stream())
                .toList();
        if (!refusals.isEmpty() && refusals.size() == failures.size()) {
            return new RpcRejectedException(method, refusals.getLast(), isAmbiguous);
        }
        return new NoNodeException("no node served " + method, causes(failures), isAmbiguous);
    }

    /** Why each node of the pool did not serve a call, those that were not asked last. */
    private Map<String, String> causes(Map<String, NodeFailure> failures) {
        Map<String, String> causes = new LinkedHashMap<>();
        failures.forEach((name, failure) -> causes.put(name, failure.reason()));
        for (Node node : nodes) {
            boolean wrong = node.state() == NodeState.WRONG_CHAIN;
            causes.putIfAbsent(node.name(), "not asked" + (wrong ? ": " + node.lastError() : ""));
        }
        return causes;
    }

    private void tellFailover(String method, Node from, Node to, Map<String, NodeFailure> failures) {
        NodeFailure cause = failures.get(from.name());
        if (from != to && cause != null) {
            listeners.onFailover(method, from.name(), to.name(), cause.reason());
        }
    }

    private <T> T one(String method, Node node, Duration timeout, Attempt<T> attempt)
            throws NodeFailure, InterruptedException {
        long began = nanoTicker.getAsLong();
        boolean answered = false;
        try {
            Duration left = timeout;
            if (node.isSuspect()) {
                checks.verifyChain(node, timeout);
                long nanos = timeout.toNanos() - (nanoTicker.getAsLong() - began);
                left = Duration.ofNanos(Math.max(LEAST_NANOS, nanos));
            }
            T result = attempt.at(node, left);
            node.served();
            answered = true;
            return result;
        } catch (NodeFailure e) {
            if (closed) {
                throw e; // our doing, not the node's
            }
            listeners.onChange(node, node.failed(e.reason(), e.blamesNode()));
            if (e.blamesNode()) {
                checks.hurry();
            }
            throw e;
        } finally {
            listeners.onCall(node.name(), method, Duration.ofNanos(nanoTicker.getAsLong() - began), answered);
        }
    }

    /** Every node has been asked once: waits before the next round, longer each time, half of it by chance. */
    private void pause(int round, long deadline) throws InterruptedException {
        long base = retryDelay.toNanos() << Math.min(round, 10);
        long nanos = base / 2 + (base > 1 ? random.nextLong(base / 2 + 1) : 0);
        TimeUnit.NANOSECONDS.sleep(Math.clamp(deadline - nanoTicker.getAsLong(), 0, nanos));
    }
}
