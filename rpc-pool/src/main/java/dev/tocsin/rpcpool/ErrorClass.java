package dev.tocsin.rpcpool;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Tells from a JSON-RPC error whether the call is at fault (any node would refuse it) or the node (another may serve it). A first,
 * small table: when in doubt the node is at fault, which costs a retry and never an answer.
 */
final class ErrorClass {

    private static final int REVERTED = 3;
    private static final Set<Integer> DECLINED_CODES = Set.of(-32601, -32005); // no such method, limit exceeded
    private static final List<String> DECLINED_TEXTS = List.of("rate limit", "too many requests");
    private static final Set<Integer> AT_FAULT_CODES = Set.of(-32600, -32602, -32700);
    private static final List<String> AT_FAULT_TEXTS = List.of(
            "execution reverted",
            "revert",
            "invalid opcode",
            "out of gas",
            "nonce too low",
            "nonce too high",
            "insufficient funds",
            "already known",
            "replacement transaction underpriced",
            "intrinsic gas too low",
            "transaction underpriced",
            "invalid sender",
            "exceeds block gas limit");
    private static final List<String> NODE_TEXTS = List.of(
            "header not found",
            "unknown block",
            "block not found",
            "missing trie node",
            "beyond current head",
            "blockoutofrange",
            "rate limit",
            "too many requests",
            "timeout",
            "timed out",
            "authenticat",
            "unauthorized",
            "forbidden",
            "api key",
            "project id");

    private ErrorClass() {}

    /** Whether a node that is not able to serve a call says with it that it has not done it. */
    static boolean isDeclined(CallOutcome.Rejected rejected) {
        String text = rejected.message().toLowerCase(Locale.ROOT);
        return DECLINED_CODES.contains(rejected.code())
                || DECLINED_TEXTS.stream().anyMatch(text::contains);
    }

    static boolean callIsAtFault(CallOutcome.Rejected rejected) {
        return callIsAtFault(rejected.code(), rejected.message());
    }

    static boolean callIsAtFault(int code, String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (code == REVERTED || text.startsWith("execution reverted")) {
            return true; // the rest of the text is the contract's, and may say anything
        }
        if (NODE_TEXTS.stream().anyMatch(text::contains)) {
            return false;
        }
        return AT_FAULT_CODES.contains(code) || AT_FAULT_TEXTS.stream().anyMatch(text::contains);
    }
}
