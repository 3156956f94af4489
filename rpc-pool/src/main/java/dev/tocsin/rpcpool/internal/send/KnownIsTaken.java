package dev.tocsin.rpcpool.internal.send;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import tools.jackson.databind.node.StringNode;

/** A node that has a signed transaction already has taken it: the answer is its hash, as if the node had got it for the first time. */
public final class KnownIsTaken {

    private KnownIsTaken() {}

    /** What an outcome means. */
    public static CallOutcome of(RpcCall call, CallOutcome outcome) {
        return outcome instanceof CallOutcome.Rejected refusal
                        && refusal.errorClass() == ErrorClass.ALREADY_KNOWN
                        && call.method().equals(Sending.METHOD)
                ? taken(call, refusal)
                : outcome;
    }

    private static CallOutcome taken(RpcCall call, CallOutcome.Rejected refusal) {
        if (call.params().isEmpty() || !(call.params().getFirst() instanceof String hex)) {
            return refusal;
        }
        SignedTransaction transaction;
        try {
            transaction = SignedTransaction.parse(hex);
        } catch (IllegalArgumentException e) {
            return refusal;
        }
        return transaction.origin().isPresent() // else it may have another hash than ours
                ? new CallOutcome.Answered(
                        RpcResult.of(StringNode.valueOf(transaction.hash()), refusal.node(), Duration.ZERO))
                : refusal;
    }
}
