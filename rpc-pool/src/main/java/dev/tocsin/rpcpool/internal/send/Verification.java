package dev.tocsin.rpcpool.internal.send;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.NodeAsk;
import dev.tocsin.rpcpool.internal.call.Watch;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.time.Pause;
import dev.tocsin.rpcpool.internal.transport.Json;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Makes one outcome of what nodes said of a transaction. What is not certain is looked up by hash, first at those who made it uncertain.
 *
 * <p>What counts as proof:
 * <ul>
 *   <li>that it is taken: a node has it. But if the nonce is said to be gone, only a block proves it: a node that is behind keeps for a
 *       while what can no longer be mined.
 *   <li>that another took its place: a node has that other transaction in a block. Or, if no answer was lost: two nodes, the one that
 *       refused among them, have not seen ours for a third of the budget; behind one URL there may be machines that are a block apart.
 *   <li>that it was refused for its fee: no answer was lost, and two nodes have not seen it.
 * </ul>
 * A lost answer can be disproved by nothing else: the request may still be on its way.
 */
public final class Verification {

    private static final long FIRST_PAUSE_NANOS = 50_000_000;
    private static final int ENOUGH_NODES = 2;

    private final NodeAsk ask;
    private final LongSupplier nanoTicker;
    private final Pause pause;
    private final long budgetNanos;

    public Verification(NodeAsk ask, Duration budget, LongSupplier nanoTicker, Pause pause) {
        this.ask = ask;
        this.budgetNanos = budget.toNanos();
        this.nanoTicker = nanoTicker;
        this.pause = pause;
    }

    /** The outcome; asks nodes only if the answers leave it open. */
    public SendOutcome verdict(
            SignedTransaction transaction, Collection<SendOutcome> answers, List<Node> nodes, Watch watch)
            throws InterruptedException {
        SendOutcome unverified = NodeAnswer.unverified(transaction, answers);
        if (unverified.isTaken()) {
            return unverified;
        }
        Set<String> lost = answers.stream()
                .filter(SendOutcome.Unknown.class::isInstance)
                .flatMap(answer -> NodeAnswer.causes(answer).keySet().stream())
                .collect(Collectors.toSet());
        Optional<SendOutcome.Rejected> refusal = NodeAnswer.mostTelling(answers);
        if (refusal.isPresent() && lost.isEmpty() && !mustBeVerified(refusal.get())) {
            return refusal.get();
        }
        return new Search(transaction, refusal, lost, nodes, ask.watchedBy(watch))
                .run()
                .orElse(unverified);
    }

    private static boolean mustBeVerified(SendOutcome.Rejected refusal) {
        ErrorAction action = refusal.errorClass().action();
        return action == ErrorAction.VERIFY || action == ErrorAction.RAISE_FEE;
    }

    /** One search for one transaction. */
    private final class Search {
        private final SignedTransaction transaction;
        private final Optional<SendOutcome.Rejected> refusal;
        private final Set<String> lost; // the names of nodes
        private final List<Node> nodes;
        private final NodeAsk asking;
        private final int enough;
        private final boolean nonceIsGone;
        private final long began = nanoTicker.getAsLong();
        private Optional<SignedTransaction.Origin> origin; // empty: nobody is asked who has the nonce

        Search(
                SignedTransaction transaction,
                Optional<SendOutcome.Rejected> refusal,
                Set<String> lost,
                List<Node> nodes,
                NodeAsk asking) {
            this.transaction = transaction;
            this.asking = asking;
            this.refusal = refusal;
            this.lost = lost;
            enough = Math.clamp(
                    nodes.stream()
                            .filter(node -> node.state() == NodeState.HEALTHY)
                            .count(),
                    1,
                    ENOUGH_NODES);
            ErrorClass given = refusal.map(SendOutcome.Rejected::errorClass).orElse(ErrorClass.NODE_ERROR);
            nonceIsGone = given == ErrorClass.NONCE_TOO_LOW || given == ErrorClass.NONCE_AMBIGUOUS;
            origin = nonceIsGone ? transaction.origin() : Optional.empty();
            this.nodes = nodes.stream()
                    .sorted(Comparator.comparingInt(node -> hasRefused(node) ? 0 : lost.contains(node.name()) ? 1 : 2))
                    .toList();
        }

        private boolean hasRefused(Node node) {
            return refusal.isPresent() && refusal.get().node().equals(node.name());
        }

        /** Empty if the budget was not enough. */
        Optional<SendOutcome> run() throws InterruptedException {
            for (long wait = FIRST_PAUSE_NANOS; ; wait *= 2) {
                Optional<SendOutcome> outcome = round();
                if (outcome.isPresent()) {
                    return outcome;
                }
                long left = left();
                if (left <= 0) {
                    return Optional.empty();
                }
                pause.pause(Duration.ofNanos(Math.min(wait, left)));
            }
        }

        private long left() {
            return budgetNanos - (nanoTicker.getAsLong() - began);
        }

        private Optional<SendOutcome> round() throws InterruptedException {
            boolean isLate = left() < budgetNanos / 3 * 2; // what a node did not see before that may be due to its lag
            Set<String> unseenBy = new HashSet<>();
            boolean isPending = false;
            for (int i = 0; i < nodes.size() && left() > 0; i++) {
                Node node = nodes.get(i);
                Duration share = Duration.ofNanos(Math.max(1, left() / (nodes.size() - i)));
                Optional<SendOutcome> seen = look(node, share);
                if (seen.isPresent() && seen.get() instanceof SendOutcome.Unknown) {
                    unseenBy.add(node.name());
                } else if (seen.isPresent() && nonceIsGone && seen.get() instanceof SendOutcome.AlreadyKnown) {
                    isPending = true;
                } else if (seen.isPresent()) {
                    return seen;
                }
            }
            for (Node node : nodes) {
                if (origin.isPresent() && hasRefused(node) && left() > 0) {
                    Optional<SendOutcome> other = other(node, Duration.ofNanos(Math.max(1, left() / 2)));
                    if (other.isPresent()) {
                        return other;
                    }
                }
            }
            return isPending ? Optional.empty() : denial(unseenBy, isLate);
        }

        /** That it is not taken, if that is certain enough. */
        private Optional<SendOutcome> denial(Set<String> unseenBy, boolean isLate) {
            if (refusal.isEmpty() || !lost.isEmpty() || unseenBy.size() < enough) {
                return Optional.empty();
            }
            SendOutcome.Rejected refused = refusal.get();
            boolean mayLag = refused.errorClass().action() == ErrorAction.VERIFY;
            if ((mayLag && !isLate) || !unseenBy.contains(refused.node())) {
                return Optional.empty();
            }
            return switch (refused.errorClass()) {
                case NONCE_TOO_LOW, REPLACED -> Optional.of(replaced(Optional.empty(), refused.node()));
                case ALREADY_MINED, SENT_PENDING -> Optional.empty(); // they say that it is taken
                default -> Optional.of(refused);
            };
        }

        /** Mined, already known, or unknown if the node has not seen it; empty if the node does not say. */
        private Optional<SendOutcome> look(Node node, Duration timeout) throws InterruptedException {
            long start = nanoTicker.getAsLong();
            Optional<JsonNode> found = ask(node, timeout, "eth_getTransactionByHash", transaction.hash());
            String hashField = "hash";
            if (found.isPresent() && found.get().isNull()) { // some keep receipts only
                Duration rest = timeout.minusNanos(nanoTicker.getAsLong() - start);
                found = rest.isPositive()
                        ? ask(node, rest, "eth_getTransactionReceipt", transaction.hash())
                        : Optional.empty();
                hashField = "transactionHash";
            }
            if (found.isEmpty()) {
                return Optional.empty();
            }
            JsonNode tree = found.get();
            if (tree.isNull()) {
                return Optional.of(NodeAnswer.unknown(transaction, node, "has not seen it"));
            }
            return tree.path(hashField).asString("").equalsIgnoreCase(transaction.hash())
                    ? placed(tree, node)
                    : Optional.empty();
        }

        private Optional<SendOutcome> placed(JsonNode tree, Node node) {
            JsonNode block = tree.path("blockNumber");
            try {
                return Optional.of(
                        block.isString()
                                ? new SendOutcome.Mined(transaction.hash(), Json.longQuantity(block), node.name())
                                : new SendOutcome.AlreadyKnown(transaction.hash(), node.name()));
            } catch (RpcException e) {
                return Optional.empty(); // no number: the node makes no sense
            }
        }

        /** Who has the nonce, if the node can tell (reth, Anvil and Erigon's heirs can) and it is in a block. */
        private Optional<SendOutcome> other(Node node, Duration timeout) throws InterruptedException {
            Optional<JsonNode> found = origin.isEmpty()
                    ? Optional.empty()
                    : ask(
                            node,
                            timeout,
                            "eth_getTransactionBySenderAndNonce",
                            origin.get().sender(),
                            "0x" + origin.get().nonce().toString(16));
            origin = found.isPresent() ? origin : Optional.empty();
            if (found.isEmpty() || !found.get().path("blockNumber").isString()) {
                return Optional.empty();
            }
            String hash = found.get().path("hash").asString("");
            return hash.equalsIgnoreCase(transaction.hash())
                    ? placed(found.get(), node)
                    : Optional.of(replaced(Optional.of(hash), node.name()));
        }

        private SendOutcome replaced(Optional<String> by, String node) {
            String message = refusal.map(SendOutcome.Rejected::message).orElse("");
            return new SendOutcome.Replaced(transaction.hash(), by, message, node);
        }

        private Optional<JsonNode> ask(Node node, Duration timeout, String method, String... params)
                throws InterruptedException {
            try {
                CallOutcome outcome = asking.ask(node, RpcCall.of(method, (Object[]) params), timeout);
                return outcome instanceof CallOutcome.Answered answered
                        ? Optional.of(answered.result().tree())
                        : Optional.empty();
            } catch (NodeFailure e) {
                return Optional.empty();
            }
        }
    }
}
