package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Entrance;
import dev.tocsin.rpcpool.internal.logs.LogsPlanner;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.NodesView;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import dev.tocsin.rpcpool.internal.settings.NodeUrl;
import dev.tocsin.rpcpool.internal.settings.Range;
import dev.tocsin.rpcpool.internal.transport.Headers;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A pool of Ethereum JSON-RPC nodes of one chain. A call goes to a healthy node; if that node cannot serve it, another is asked,
 * within one deadline. A refusal of the call itself (it reverts, its parameters are wrong) is final: any node says the same.
 *
 * <p>Long-lived and safe for use by many threads; blocking, made for virtual threads. Close it to free its connections.
 */
public final class RpcPool implements RpcCaller, AutoCloseable {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    final Nodes nodes; // tests tell the nodes' heads
    final NodesView view; // likewise
    private final Roster roster;
    private final Listeners listeners;
    private final Entrance entrance;
    private final Timer timer;
    private final Lookouts lookouts;
    private final CallPath calls;
    private final Sending sending;
    private final LongSupplier nanoTicker;
    private final long callTimeoutNanos;
    private final long chainId;
    private volatile boolean closed;

    RpcPool(RpcPoolBuilder settings) throws InterruptedException {
        nanoTicker = settings.nanoTicker;
        callTimeoutNanos = settings.callTimeout.toNanos();
        roster = new Roster(settings);
        nodes = roster.nodes();
        listeners = new Listeners(settings.listeners);
        entrance = new Entrance(listeners, nanoTicker);
        timer = settings.timer.get();
        Headers headers = roster.headers();
        Transport transport = settings.transports.apply(settings, headers);
        lookouts = new Lookouts(settings, nodes, headers, transport, timer, listeners);
        view = lookouts.view();
        calls = new CallPath(settings, nodes, lookouts, transport, timer, listeners, () -> closed);
        sending = calls.sending(settings);
        boolean opened = false;
        try {
            chainId = lookouts.open();
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
     * <p>What changes something goes to one node only: another is asked if the first cannot be reached or turns it away by a limit (HTTP 429),
     * but not once the first may have taken it; the exception then says so. {@code eth_sendRawTransaction} takes effect once, however many
     * nodes get it: a second one is asked when the first is late, and a node that knows it already has taken it. {@link #send} does more.
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
    @Override
    public RpcResult call(String method, @Nullable Object... params) throws InterruptedException {
        RpcCall call = RpcCall.of(method, params);
        return entrance.through(
                method,
                context(),
                context -> LayeredCaller.result(method, calls.view().call(call, context)));
    }

    /**
     * Sends many calls in one request. If the node cannot serve one of them, all are asked of another node; if that is so for every node
     * asked, the last node's outcomes are the answer. A batch in which a call changes something goes to one node only, as in {@link #call}.
     *
     * @param batch the calls; none is an empty answer
     * @return what became of each, in the order of the calls
     * @throws IllegalArgumentException if the parameters cannot be written as JSON
     * @throws RpcRejectedException if every node asked refused the whole batch with one error
     * @throws NoNodeException if no node served it within the timeout
     * @throws RpcException if the pool is closed; what was under way may have been executed
     * @throws InterruptedException if interrupted; the calls may have been executed
     */
    @Override
    public List<CallOutcome> batch(List<RpcCall> batch) throws InterruptedException {
        List<RpcCall> copy = RpcCall.copyOf(batch);
        if (copy.isEmpty()) {
            return List.of();
        }
        return entrance.through("batch", context(), context -> calls.view().batch(copy, context));
    }

    /**
     * A caller with one view of the chain, for an operation of several calls: what one call has shown, the next one does not take back.
     *
     * @return the session; there is nothing to close
     * @throws RpcException if the pool is closed
     */
    public RpcSession session() {
        requireOpen();
        return new RpcSession(calls.view(), calls.session(), sending, entrance, this::context);
    }

    /**
     * Hands over logs piece by piece, in the order of the chain, while the next are being fetched: {@code eth_getLogs} for ranges of any
     * size. The query is cut by what each node allows; {@link #call} does the same for answers that fit in memory.
     *
     * @param filter what {@code eth_getLogs} takes: {@code fromBlock}, {@code toBlock}, {@code address}, {@code topics}
     * @param chunks gets lists of logs, none of them empty, on the caller's thread; what it throws ends the query
     * @param timeout how long it may take altogether, the time of {@code chunks} included; 1 ms to 365 days
     * @throws IllegalArgumentException if the timeout is out of range, the first block is above the last, or the filter cannot be written as JSON
     * @throws RpcRejectedException if a node refused what cannot be cut further; what was handed over is right
     * @throws NoNodeException if no node served the rest within the timeout; what was handed over is right
     * @throws RpcException if the pool is closed
     * @throws InterruptedException if interrupted
     */
    public void logs(Map<String, ?> filter, Consumer<? super JsonNode> chunks, Duration timeout)
            throws InterruptedException {
        requireNonNull(chunks, "chunks");
        long most = nanos("timeout", timeout);
        RpcCall call = RpcCall.of("eth_getLogs", requireNonNull(filter, "filter"));
        LogsPlanner.requireOrder(call);
        entrance.through(call.method(), context(most), context -> {
            Optional<CallOutcome.Rejected> refusal = calls.planner().stream(call, context, chunks::accept);
            if (refusal.isPresent()) {
                throw new RpcRejectedException(call.method(), refusal.get(), false);
            }
            return refusal;
        });
    }

    /**
     * A caller that asks several nodes at once and believes what enough of them say: for answers on which much depends. Each node gets
     * the call at most once; the answer comes as soon as enough agree, without waiting for the others. Neither cached answers nor those of
     * other calls under way are used. A node that is outvoted three times in a row is left out for a while.
     *
     * <p>The calls of a batch are made one after the other, within one deadline; {@code latest} is the same block in all of them.
     *
     * <p>When not enough nodes agree, {@link NoNodeException} says what each has said. What changes something is refused with an
     * {@link IllegalArgumentException}.
     *
     * @param agreement how many of how many, such as {@code Agreement.of(2, 3)}; if the pool has fewer than are to be asked, all are
     * @return the caller
     * @throws IllegalArgumentException if more must agree than the pool has nodes, send-only ones not counted
     */
    public RpcCaller agreeing(Agreement agreement) {
        int most = nodes.all().size();
        if (requireNonNull(agreement, "agreement").agree() > most) {
            throw new IllegalArgumentException(agreement.agree() + " must agree, the pool has " + most
                    + (most == 1 ? " node" : " nodes") + " that can be asked");
        }
        return new LayeredCaller(calls.agreeing(agreement), entrance, this::context);
    }

    private static long nanos(String name, Duration time) {
        return Range.check(name, time, SHORTEST, LONGEST).toNanos();
    }

    private CallContext context() {
        return context(callTimeoutNanos);
    }

    private CallContext context(long timeoutNanos) {
        long now = nanoTicker.getAsLong();
        lookouts.used(now);
        return new CallContext(now + timeoutNanos, -1);
    }

    /**
     * Sends a signed transaction, and says what became of it. Nodes are asked one after another: the next one if a node cannot take it, by a
     * limit or a policy of its own, if its answer is lost, or (within {@link RpcPoolBuilder#hedges}) is late. What is then still open (a lost answer, a nonce that is gone, a fee too low)
     * is looked up by hash on at least two nodes, as long as two are healthy. So an answer that is lost is no error, and another
     * transaction with the same nonce no success. Does not wait for a block. Every node of the pool may come to see the transaction.
     *
     * <p>{@linkplain RpcPoolBuilder#sendOnly Send-only} nodes get every transaction that another node has taken, in the background and
     * whatever they answer; when no other can take it they are asked in their turn, and what one of them has taken is looked up as well.
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
        return entrance.through(Sending.METHOD, context(), context -> sending.send(transaction, context.watch()));
    }

    /**
     * Sends a signed transaction to all healthy nodes at once. Returns when the first has taken it, or when seven in ten of them say what all
     * would say (it is invalid, its nonce is gone), or when all have answered; each has 5 s. If none has taken it, what is open is
     * looked up as in {@link #send}. Nodes that are behind or sync get it too, and {@linkplain RpcPoolBuilder#sendOnly send-only} ones:
     * these do not decide. The others go on in the background, whatever becomes of the caller, and their answers reach the report.
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
        return entrance.through(
                Sending.METHOD,
                context(),
                context -> new BroadcastReport(sending.broadcast(transaction, context.watch())));
    }

    /**
     * What is known of each node now.
     *
     * @return a snapshot
     */
    public PoolStatus status() {
        long tip = view.tip();
        return new PoolStatus(
                chainId,
                tip < 0 ? OptionalLong.empty() : OptionalLong.of(tip),
                nodes.withSendOnly().stream()
                        .map(node -> calls.status(node, tip))
                        .toList());
    }

    /**
     * Calls back when there is a new head. Only a wake-up: ask for the head, since wake-ups may be lost or come twice.
     *
     * <p>Where there are {@linkplain RpcPoolBuilder#webSocket WebSockets}, when a node tells of a block there, or that source is lost or regained. Where there are none, when
     * most nodes are seen to have another newest block than before: nodes are asked for it every {@link RpcPoolBuilder#headPollEvery}, for as long as there is
     * a subscription, so it is about that much late; without head polls, {@link RpcPoolBuilder#healthCheckEvery}.
     *
     * @param wake quick; called by one thread at a time
     * @return closing it ends the calls
     * @throws RpcException if the pool is closed
     */
    public Subscription onHead(Runnable wake) {
        requireOpen();
        return lookouts.onHead(requireNonNull(wake, "wake"))::run;
    }

    /**
     * Tells what would become of a call if it were made now: of which block it would be asked, whether the cache has it, who would be asked, and
     * why not the others. Asks nobody, and is no use of the pool. A strategy that draws lots may choose otherwise the next time; a
     * session has a view of its own.
     *
     * @param method such as {@code eth_getLogs}
     * @param params what can be written as JSON
     * @return every node with what speaks for it and against it
     * @throws IllegalArgumentException if the method is blank
     */
    public Explanation explain(String method, @Nullable Object... params) {
        return calls.explain(
                RpcCall.of(method, params), new CallContext(nanoTicker.getAsLong() + callTimeoutNanos, -1));
    }

    /**
     * Adds a node while the pool runs. It is asked once it has answered a check, or sooner if no other is left.
     *
     * @param tier when it is asked; {@link Tier#SEND_ONLY} as by {@link RpcPoolBuilder#sendOnly}
     * @param url http or https; may hold keys, which are never repeated in any message
     * @return its name, which may be that of a node that was removed before
     * @throws IllegalArgumentException if that is no such URL, or that of a node that is there
     * @throws RpcException if the pool is closed
     */
    public String addNode(Tier tier, String url) {
        return addNode(tier, NodeSettings.of(NodeUrl.http("url", url)));
    }

    /**
     * As {@link #addNode(Tier, String)}, with settings of its own.
     *
     * @param tier when it is asked
     * @param node its URL, and what is set for it; no archive for {@link Tier#SEND_ONLY}
     * @return its name, which may be that of a node that was removed before
     * @throws IllegalArgumentException if that cannot be a node of this tier, or is one that is there
     * @throws RpcException if the pool is closed
     */
    public String addNode(Tier tier, NodeSettings node) {
        NodeSettings checked = requireNonNull(node, "node").forTier("url", requireNonNull(tier, "tier"));
        requireOpen();
        Node added = roster.add(tier, checked);
        lookouts.hurry(added);
        return added.name();
    }

    /**
     * Removes a node while the pool runs. Calls that it is working on are awaited as before; it gets no more.
     *
     * @param name the node's name, as in {@link NodeStatus#name}
     * @throws IllegalArgumentException if there is no such node
     * @throws IllegalStateException if it is the last that is asked for calls
     */
    public void removeNode(String name) {
        Node gone = roster.remove(name);
        calls.forget(gone);
        listeners.onNodeRemoved(name);
        roster.free(gone);
    }

    /**
     * Takes a node out of use, for its upkeep. Calls that it is working on are awaited as before. It is still checked, and not asked even if
     * no other node is left: its {@link NodeStatus#inFlight} falls to 0. Does nothing to one that is out of use.
     *
     * @param name the node's name, as in {@link NodeStatus#name}
     * @throws IllegalArgumentException if there is no such node
     */
    public void cordon(String name) {
        roster.named(name).cordon(true);
    }

    /**
     * Puts a node back into use that was {@linkplain #cordon taken out}. Does nothing to one that is in use.
     *
     * @param name the node's name, as in {@link NodeStatus#name}
     * @throws IllegalArgumentException if there is no such node
     */
    public void uncordon(String name) {
        roster.named(name).cordon(false);
    }

    /**
     * Ends the whole pool, for ever: lets the calls under way end and no new ones in, which fail with an {@link RpcException}; what broadcasts do in
     * the background counts as well. For those who want to wait for another time than {@link #close} does, which does not wait again after
     * this and is still to be called.
     *
     * <p>For one node there is {@link #cordon}, then its {@link NodeStatus#inFlight}, which falls to 0, then {@link #removeNode}.
     *
     * @param most how long to wait; 1 ms to 365 days
     * @return whether all have ended
     * @throws IllegalArgumentException if that is out of range; calls are let in as before
     * @throws InterruptedException if interrupted; no new calls are let in all the same
     */
    public boolean drain(Duration most) throws InterruptedException {
        return drain(nanos("most", most));
    }

    private boolean drain(long nanos) throws InterruptedException {
        long left = entrance.drain(nanos);
        return left >= 0 && sending.drain(left);
    }

    /**
     * Lets no new calls in, waits for those under way, and frees the connections. Waits for the call timeout at most, and no longer than 5 s;
     * what is still under way then fails. Does not wait if {@link #drain} was called before, if the thread is interrupted, or from within a call, such
     * as by a listener. Does nothing the second time; while another thread waits in it, ends what that one waits for.
     */
    @Override
    public void close() {
        if (!entrance.isShut()) {
            awaitCalls();
        }
        closed = true;
        sending.close();
        lookouts.close();
        timer.close();
        calls.close();
        listeners.onClose();
    }

    /**
     * Whether it lets no more calls in: it was {@linkplain #drain drained} or {@linkplain #close closed}, which is for ever.
     *
     * @return whether new calls fail
     */
    public boolean isClosed() {
        return entrance.isShut();
    }

    private void requireOpen() {
        if (isClosed()) {
            throw new RpcException("the pool is closed", null);
        }
    }

    private void awaitCalls() {
        try {
            drain(Entrance.isInside() ? 0 : Math.min(callTimeoutNanos, LONGEST_END.toNanos()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody waits
        }
    }

    /** Tells those who listen, once the pool is whole. */
    void tellOpen() {
        listeners.onOpen(this::status);
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
}
