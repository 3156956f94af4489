package dev.tocsin.rpcpool.internal.send;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.NodeAsk;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What one node says of one transaction, as an outcome that speaks for this node alone. */
public final class NodeAnswer {

    private static final int POLICY = 1;
    private static final int FINAL = 2;
    private static final int FEE = 3;
    private static final int NONCE = 4;

    private NodeAnswer() {}

    static SendOutcome of(NodeAsk.Said said, SignedTransaction transaction) {
        return said.outcome() != null
                ? of(said.outcome(), transaction, said.node())
                : of(requireNonNull(said.failure(), "neither of the two"), transaction, said.node());
    }

    /** Whether a node that says it has taken it means this one. */
    static boolean isHash(CallOutcome.Answered answered, SignedTransaction transaction) {
        return answered.result().asText().equalsIgnoreCase(transaction.hash());
    }

    public static SendOutcome of(CallOutcome outcome, SignedTransaction transaction, Node node) {
        return switch (outcome) {
            case CallOutcome.Answered answered ->
                isHash(answered, transaction)
                        ? new SendOutcome.Accepted(transaction.hash(), node.name())
                        : unknown(transaction, node, "answered with another hash");
            case CallOutcome.Rejected rejected -> refusal(rejected, transaction, node);
        };
    }

    /** An error that leaves open whether the node has taken it is no refusal. */
    public static SendOutcome of(NodeFailure failure, SignedTransaction transaction, Node node) {
        if (!failure.certainlyNotDone()) {
            return unknown(transaction, node, failure.reason());
        }
        if (failure.rejection().isPresent()) {
            return refusal(failure.rejection().get(), transaction, node);
        }
        ErrorClass unsent = node.state() == NodeState.WRONG_CHAIN
                ? ErrorClass.CHAIN_MISMATCH
                : failure.kind() == NodeFailure.Kind.NOT_SENT ? ErrorClass.TRANSPORT_NOT_SENT : ErrorClass.RATE_LIMITED;
        return new SendOutcome.Rejected(transaction.hash(), unsent, failure.reason(), node.name());
    }

    /** Of a node that was not given the transaction. */
    public static SendOutcome notAsked(SignedTransaction transaction, Node node) {
        String cause = "not asked: "
                + (node.health().lastError().isEmpty()
                        ? "not in use"
                        : node.health().lastError());
        return of(new NodeFailure(NodeFailure.Kind.NOT_SENT, cause), transaction, node);
    }

    public static SendOutcome.Unknown unknown(SignedTransaction transaction, Node node, String cause) {
        return new SendOutcome.Unknown(transaction.hash(), Map.of(node.name(), cause));
    }

    /** Of a node whose success proves nothing, since it says yes to anything or does not know the newest blocks: then the hash is looked for. */
    public static SendOutcome withoutProof(SendOutcome answer) {
        return switch (answer) {
            case SendOutcome.Accepted taken -> unproven(taken.hash(), taken.node());
            case SendOutcome.AlreadyKnown taken -> unproven(taken.hash(), taken.node());
            case SendOutcome.Mined taken -> unproven(taken.hash(), taken.node());
            case SendOutcome.Replaced replaced -> replaced;
            case SendOutcome.Rejected refusal -> refusal;
            case SendOutcome.Unknown unknown -> unknown;
        };
    }

    private static SendOutcome unproven(String hash, String node) {
        return new SendOutcome.Unknown(hash, Map.of(node, "says that it has taken it, no other has shown it"));
    }

    private static SendOutcome refusal(CallOutcome.Rejected rejected, SignedTransaction transaction, Node node) {
        String hash = transaction.hash();
        return rejected.errorClass() == ErrorClass.ALREADY_KNOWN
                ? new SendOutcome.AlreadyKnown(hash, node.name())
                : new SendOutcome.Rejected(hash, rejected.errorClass(), rejected.message(), node.name());
    }

    /** Whether asking the next node is of no use: all would say so, or the hash must be looked for first. */
    public static boolean isFinal(SendOutcome answer) {
        return answer.isTaken() || (answer instanceof SendOutcome.Rejected refusal && weight(refusal) >= FINAL);
    }

    /** Whether every node would say so, whatever its own policy on fees and senders. */
    public static boolean isUniversal(SendOutcome answer) {
        return answer instanceof SendOutcome.Rejected refusal && weight(refusal) >= FINAL && weight(refusal) != FEE;
    }

    public static boolean isForFunds(SendOutcome answer) {
        return answer instanceof SendOutcome.Rejected refusal && refusal.errorClass() == ErrorClass.INSUFFICIENT_FUNDS;
    }

    /** Whether it means that no node can have taken the transaction. Funds may have arrived at another node already. */
    public static boolean contradictsSuccess(SendOutcome answer) {
        return answer instanceof SendOutcome.Rejected refusal
                && refusal.errorClass().action() == ErrorAction.FAIL
                && !isForFunds(answer);
    }

    /** Of several refusals the one that tells most of the transaction; of equals the first. */
    public static Optional<SendOutcome.Rejected> mostTelling(Collection<SendOutcome> answers) {
        return answers.stream()
                .filter(SendOutcome.Rejected.class::isInstance)
                .map(SendOutcome.Rejected.class::cast)
                .max(Comparator.comparingInt(NodeAnswer::weight));
    }

    /** Success if there is one; else that it is not known, with what all have said. */
    public static SendOutcome unverified(SignedTransaction transaction, Collection<SendOutcome> answers) {
        Map<String, String> causes = new LinkedHashMap<>();
        for (SendOutcome answer : answers) {
            if (answer.isTaken()) {
                return answer;
            }
            causes.putAll(causes(answer));
        }
        return new SendOutcome.Unknown(transaction.hash(), causes);
    }

    /** Why it was not taken, or why that is not known, by node name. */
    public static Map<String, String> causes(SendOutcome answer) {
        return switch (answer) {
            case SendOutcome.Unknown unknown -> unknown.causes();
            case SendOutcome.Rejected refusal -> Map.of(refusal.node(), refusal.message());
            case SendOutcome.Replaced replaced -> Map.of(replaced.node(), replaced.message());
            case SendOutcome.Accepted taken -> Map.of();
            case SendOutcome.AlreadyKnown taken -> Map.of();
            case SendOutcome.Mined taken -> Map.of();
        };
    }

    private static int weight(SendOutcome.Rejected refusal) {
        return switch (refusal.errorClass().action()) {
            case VERIFY, SUCCESS -> NONCE;
            case RAISE_FEE -> FEE;
            case FAIL, BACK_OFF, RECREATE -> FINAL;
            case TRY_OTHERS -> POLICY;
            case SPLIT, COOL_DOWN, ASK_ANOTHER, BAN_METHOD, TAKE_OUT, FAIL_OVER, ASK_ONE_OTHER, SEND_SINGLY -> 0;
        };
    }
}
