package dev.tocsin.rpcpool.internal.send;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.Tier;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.internal.call.NodeAsk;
import dev.tocsin.rpcpool.internal.call.Watch;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sends signed transactions: to one node after another, to the next one also when one is late, or to all at once. Nodes that are only sent transactions get them too: all at once
 * with the others; one after another when no other can take it, and in the background when one has. Their word alone is no proof.
 *
 * <p>A transaction can be given to many nodes, and to one of them
 * twice, since it has one hash and a chain takes it once; so a lost answer is followed by the next node, and by {@link Verification}.
 *
 * <p>A refusal ends it only if nobody else was given the transaction. Once a second node was, since the first was late, the other's answer
 * is awaited: what one node calls invalid by limits and rules of its own (size, gas, replay protection), the other may have taken, and
 * {@link SendOutcome.Rejected} says that none has. If that answer is lost, the hash is looked for.
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
    public SendOutcome send(SignedTransaction transaction, Watch watch) throws InterruptedException {
        return send(transaction, null, watch);
    }

    /**
     * As {@link #send(SignedTransaction, Watch)}.
     *
     * @param first the name of the node that is asked first, if it may be asked
     */
    public SendOutcome send(SignedTransaction transaction, @Nullable String first, Watch watch)
            throws InterruptedException {
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
        NodeAsk asking = ask.watchedBy(watch);
        List<Node> sendOnly = sendOnly();
        List<Node> row = Stream.concat(inOrder.stream(), sendOnly.stream()).toList();
        Offers offers = () -> inTurn(transaction, row, answers, asking, began);
        SendOutcome outcome = verdict(transaction, inOrder, answers, watch, offers);
        if (outcome instanceof SendOutcome.Accepted || outcome instanceof SendOutcome.AlreadyKnown) {
            sendOnly.forEach(node -> passOn(transaction, node, asking));
        }
        return told(began, outcome);
    }

    /** Those that are only sent transactions, and can be reached as far as is known. */
    private List<Node> sendOnly() {
        return nodes.sendOnly().stream()
                .filter(node -> node.mayBeAsked() && node.state() != NodeState.UNHEALTHY)
                .toList();
    }

    private void inTurn(
            SignedTransaction transaction, List<Node> row, List<SendOutcome> answers, NodeAsk asking, long began)
            throws InterruptedException {
        RpcCall call = RpcCall.of(METHOD, transaction.hex());
        Deque<Node> toAsk = new ArrayDeque<>(row);
        Set<Node> tried = new HashSet<>();
        Set<Node> again = new HashSet<>();
        int poor = 0;
        while (!toAsk.isEmpty()) {
            long left = timeout.toNanos() - (nanoTicker.getAsLong() - began);
            if (left <= 0 && !answers.isEmpty()) {
                return;
            }
            Node first = toAsk.remove();
            tried.add(first);
            Duration most = Duration.ofNanos(Math.max(1, left / (toAsk.size() + 1)));
            List<NodeAsk.Said> said;
            try {
                said = asking.askTwo(first, tried, call, most, outcome -> !isTaken(outcome, transaction));
            } catch (InterruptedException e) {
                answers.add(NodeAnswer.unknown(transaction, first, "interrupted"));
                throw e;
            }
            boolean isEnough = false;
            for (NodeAsk.Said one : said) {
                Node node = one.node();
                SendOutcome answer = NodeAnswer.of(one, transaction);
                boolean decides = node.tier() != Tier.SEND_ONLY;
                answers.add(decides ? answer : NodeAnswer.withoutProof(answer));
                isEnough |= answer.isTaken()
                        || (decides && NodeAnswer.isFinal(answer) && !(NodeAnswer.isForFunds(answer) && ++poor == 1));
                if (tried.add(node)) {
                    toAsk.remove(node);
                }
                if (answer instanceof SendOutcome.Unknown && again.add(node)) {
                    toAsk.add(node);
                }
            }
            if (isEnough) {
                return;
            }
            tellFailover(said.getLast(), toAsk.peek(), transaction);
        }
    }

    private static boolean isTaken(CallOutcome outcome, SignedTransaction transaction) {
        return switch (outcome) {
            case CallOutcome.Answered answered -> NodeAnswer.isHash(answered, transaction);
            case CallOutcome.Rejected rejected -> rejected.errorClass().action() == ErrorAction.SUCCESS;
        };
    }

    private void tellFailover(NodeAsk.Said said, @Nullable Node next, SignedTransaction transaction) {
        if (next != null && next != said.node()) {
            String cause = String.join(
                    "; ", NodeAnswer.causes(NodeAnswer.of(said, transaction)).values());
            listeners.onFailover(METHOD, said.node().name(), next.name(), cause);
        }
    }

    /**
     * All healthy nodes at once, which decide, or all there are if none is healthy. As well those that are behind, which relay it but do not
     * know the newest nonces and funds, and the send-only ones; these decide nothing.
     */
    public Broadcast broadcast(SignedTransaction transaction, Watch watch) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the transaction was sent");
        }
        long began = nanoTicker.getAsLong();
        List<Node> usable = order.get();
        List<Node> healthy = usable.stream()
                .filter(node -> node.state() == NodeState.HEALTHY)
                .toList();
        List<Node> deciding = healthy.isEmpty() ? usable : healthy;
        Stream<Node> relaying = usable.stream().filter(node -> deciding.contains(node) || isBehind(node));
        List<Node> toAsk = Stream.concat(relaying, sendOnly().stream()).toList();
        NodeAnswers answers = new NodeAnswers(transaction, nodes.withSendOnly(), toAsk, deciding);
        NodeAsk asking = ask.watchedBy(watch);
        toAsk.forEach(node -> start(transaction, node, asking, answers));
        long most = MOST_FOR_ALL.plus(GRACE).toNanos(); // each offer has a timeout of its own
        List<SendOutcome> known = new ArrayList<>();
        SendOutcome outcome = verdict(transaction, usable, known, watch, () -> {
            try {
                answers.awaitVerdict(most);
            } finally {
                known.addAll(answers.forVerdict());
            }
        });
        return new Broadcast(told(began, outcome), answers, most);
    }

    private static boolean isBehind(Node node) {
        return node.state() == NodeState.BEHIND || node.state() == NodeState.SYNCING;
    }

    private void start(SignedTransaction transaction, Node node, NodeAsk asking, NodeAnswers answers) {
        try {
            threads.execute(() -> {
                SendOutcome answer;
                try {
                    answer = offer(transaction, node, asking, MOST_FOR_ALL);
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

    /** Nobody waits for it, and what comes of it changes nothing. */
    private void passOn(SignedTransaction transaction, Node node, NodeAsk asking) {
        try {
            threads.execute(() -> {
                try {
                    offer(transaction, node, asking, MOST_FOR_ALL);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // the pool was closed
                }
            });
        } catch (RejectedExecutionException e) {
            // likewise
        }
    }

    private static SendOutcome offer(SignedTransaction transaction, Node node, NodeAsk asking, Duration most)
            throws InterruptedException {
        try {
            return NodeAnswer.of(asking.ask(node, RpcCall.of(METHOD, transaction.hex()), most), transaction, node);
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
            SignedTransaction transaction, List<Node> nodes, List<SendOutcome> answers, Watch watch, Offers offers) {
        try {
            offers.run();
            return verification.verdict(transaction, answers, nodes, watch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NodeAnswer.unverified(transaction, answers);
        }
    }

    private SendOutcome told(long began, SendOutcome outcome) {
        listeners.onSend(outcome, Duration.ofNanos(nanoTicker.getAsLong() - began));
        return outcome;
    }

    /** Begins nothing more, and waits for what goes on in the background; false if that took too long. */
    public boolean drain(long nanos) throws InterruptedException {
        threads.shutdown();
        return threads.awaitTermination(nanos, TimeUnit.NANOSECONDS);
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
