package dev.tocsin.rpcpool.internal.send;

import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.internal.call.NodeAsk;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends signed transactions: to one node after another, or to all at once. A transaction can be given to many nodes, and to one of them
 * twice, since it has one hash and a chain takes it once; so a lost answer is followed by the next node, and by {@link Verification}.
 */
public final class Sending implements AutoCloseable {

    public static final String METHOD = "eth_sendRawTransaction";
    private static final Duration MOST_FOR_ALL = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration END = Duration.ofSeconds(2);

    private final Nodes nodes;
    private final Supplier<List<Node>> order;
    private final NodeAsk ask;
    private final Verification verification;
    private final Duration timeout;
    private final LongSupplier nanoTicker;
    private final Listeners listeners;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tocsin-broadcast-", 0).factory());

    public Sending(
            Nodes nodes,
            Supplier<List<Node>> order,
            NodeAsk ask,
            Verification verification,
            Duration timeout,
            LongSupplier nanoTicker,
            Listeners listeners) {
        this.nodes = nodes;
        this.order = order;
        this.ask = ask;
        this.verification = verification;
        this.timeout = timeout;
        this.nanoTicker = nanoTicker;
        this.listeners = listeners;
    }

    /**
     * What became of a broadcast, and what each node says until {@code mostNanos} have passed.
     *
     * @param outcome the verdict
     * @param answers what the nodes say, growing
     * @param mostNanos after which all have answered or were given up
     */
    public record Broadcast(SendOutcome outcome, NodeAnswers answers, long mostNanos) {}

    /** One node after another; each one whose answer was lost is asked once more at the end, for it may know the hash by then. */
    public SendOutcome send(SignedTransaction transaction) throws InterruptedException {
        return send(transaction, null);
    }

    /**
     * As {@link #send(SignedTransaction)}.
     *
     * @param first the name of the node that is asked first, if it may be asked
     */
    public SendOutcome send(SignedTransaction transaction, @Nullable String first) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the transaction was sent");
        }
        long began = nanoTicker.getAsLong();
        List<Node> inOrder = new ArrayList<>(order.get());
        inOrder.sort(Comparator.comparing(node -> !node.name().equals(first)));
        List<SendOutcome> answers = new ArrayList<>();
        if (inOrder.isEmpty()) {
            nodes.all().forEach(node -> answers.add(NodeAnswer.notAsked(transaction, node)));
        }
        return told(began, verdict(transaction, inOrder, answers, () -> inTurn(transaction, inOrder, answers, began)));
    }

    private void inTurn(SignedTransaction transaction, List<Node> inOrder, List<SendOutcome> answers, long began)
            throws InterruptedException {
        Deque<Node> toAsk = new ArrayDeque<>(inOrder);
        Set<Node> again = new HashSet<>();
        int poor = 0;
        while (!toAsk.isEmpty()) {
            long left = timeout.toNanos() - (nanoTicker.getAsLong() - began);
            if (left <= 0 && !answers.isEmpty()) {
                return;
            }
            Node node = toAsk.remove();
            SendOutcome answer;
            try {
                answer = offer(transaction, node, Duration.ofNanos(Math.max(1, left / (toAsk.size() + 1))));
            } catch (InterruptedException e) {
                answers.add(NodeAnswer.unknown(transaction, node, "interrupted"));
                throw e;
            }
            answers.add(answer);
            if (NodeAnswer.isFinal(answer) && !(NodeAnswer.isForFunds(answer) && ++poor == 1)) {
                return;
            }
            if (answer instanceof SendOutcome.Unknown && again.add(node)) {
                toAsk.add(node);
            }
            if (!toAsk.isEmpty() && toAsk.peek() != node) {
                String cause = String.join("; ", NodeAnswer.causes(answer).values());
                listeners.onFailover(METHOD, node.name(), toAsk.element().name(), cause);
            }
        }
    }

    /** All nodes in use at once, or all there are if none is healthy. */
    public Broadcast broadcast(SignedTransaction transaction) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the transaction was sent");
        }
        long began = nanoTicker.getAsLong();
        List<Node> usable = order.get();
        List<Node> healthy = usable.stream()
                .filter(node -> node.state() == NodeState.HEALTHY)
                .toList();
        List<Node> toAsk = healthy.isEmpty() ? usable : healthy;
        NodeAnswers answers = new NodeAnswers(transaction, nodes.all(), toAsk);
        toAsk.forEach(node -> start(transaction, node, answers));
        long most = MOST_FOR_ALL.plus(GRACE).toNanos(); // each offer has a timeout of its own
        List<SendOutcome> known = new ArrayList<>();
        SendOutcome outcome = verdict(transaction, usable, known, () -> {
            try {
                answers.awaitVerdict(most);
            } finally {
                known.addAll(answers.forVerdict());
            }
        });
        return new Broadcast(told(began, outcome), answers, most);
    }

    private void start(SignedTransaction transaction, Node node, NodeAnswers answers) {
        try {
            threads.execute(() -> {
                SendOutcome answer;
                try {
                    answer = offer(transaction, node, MOST_FOR_ALL);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    answer = NodeAnswer.unknown(transaction, node, "the pool was closed");
                }
                answers.add(node.name(), answer).forEach(listeners::onSendContradiction);
            });
        } catch (RejectedExecutionException e) {
            NodeFailure closed = new NodeFailure(NodeFailure.Kind.NOT_SENT, "the pool is closed");
            answers.add(node.name(), NodeAnswer.of(closed, transaction, node));
        }
    }

    private SendOutcome offer(SignedTransaction transaction, Node node, Duration most) throws InterruptedException {
        try {
            return NodeAnswer.of(ask.ask(node, RpcCall.of(METHOD, transaction.hex()), most), transaction, node);
        } catch (NodeFailure e) {
            return NodeAnswer.of(e, transaction, node);
        }
    }

    /** What waits for nodes, and may be interrupted. */
    @FunctionalInterface
    private interface Offers {
        void run() throws InterruptedException;
    }

    /** Once something may have been sent, an interrupt is no exception but an outcome that is not known. */
    private SendOutcome verdict(
            SignedTransaction transaction, List<Node> nodes, List<SendOutcome> answers, Offers offers) {
        try {
            offers.run();
            return verification.verdict(transaction, answers, nodes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NodeAnswer.unverified(transaction, answers);
        }
    }

    private SendOutcome told(long began, SendOutcome outcome) {
        listeners.onSend(outcome, Duration.ofNanos(nanoTicker.getAsLong() - began));
        return outcome;
    }

    /** Ends the broadcasts under way. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(END.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
