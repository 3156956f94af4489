package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.sender.TransactionOutcome.Refused;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What can be said of a request without asking anybody. Empty lists of the allowed allow all. */
record Policy(
        @Nullable BigInteger maxValueWei,
        Set<String> allowedTargets,
        Set<String> deniedTargets,
        Set<String> allowedTokens,
        Set<String> deniedTokens,
        Map<String, BigInteger> mostByToken) {

    Policy {
        allowedTargets = Set.copyOf(allowedTargets);
        deniedTargets = Set.copyOf(deniedTargets);
        allowedTokens = Set.copyOf(allowedTokens);
        deniedTokens = Set.copyOf(deniedTokens);
        mostByToken = Map.copyOf(mostByToken);
    }

    Optional<Refused> refusal(TransactionRequest request) {
        if (maxValueWei != null && request.valueWei().compareTo(maxValueWei) > 0) {
            return refused(Limit.VALUE, request.valueWei() + " wei are more than maxValue, " + maxValueWei + " wei");
        }
        String to = request.to();
        if (deniedTargets.contains(to)) {
            return refused(Limit.TARGET, to + " is in denyTargets");
        }
        if (deniedTokens.contains(to)) {
            return refused(Limit.TOKEN, to + " is in denyTokens");
        }
        Optional<TokenCall> call = TokenCall.of(request.data());
        return call.isPresent() ? refusal(to, call.get()) : refusalOfOther(request);
    }

    /** A contract that is called as a token must be allowed as one, or, without such a list, as a target. */
    private Optional<Refused> refusal(String token, TokenCall call) {
        if (!allows(allowedTokens, token)) {
            return refused(Limit.TOKEN, token + " is not in allowTokens");
        }
        if (allowedTokens.isEmpty() && !allows(allowedTargets, token)) {
            return refused(Limit.TARGET, token + " is not in allowTargets");
        }
        if (deniedTargets.contains(call.receiver())) {
            return refused(Limit.TARGET, call.receiver() + ", who would get tokens, is in denyTargets");
        }
        if (!allows(allowedTargets, call.receiver())) {
            return refused(Limit.TARGET, call.receiver() + ", who would get tokens, is not in allowTargets");
        }
        BigInteger most = mostByToken.get(token);
        if (most != null && call.amount().compareTo(most) > 0) {
            return refused(
                    Limit.TOKEN_AMOUNT, call.amount() + " of " + token + " are more than maxTokenAmount, " + most);
        }
        return Optional.empty();
    }

    /** What else a token can be asked for (increaseAllowance, permit, …) could pass by its limits, so it is not allowed where there are any. */
    private Optional<Refused> refusalOfOther(TransactionRequest request) {
        String to = request.to();
        boolean isLimitedToken = allowedTokens.contains(to) || mostByToken.containsKey(to);
        if (isLimited() && TokenCall.isCut(request.data())) {
            return refused(Limit.TOKEN, "a transfer, transferFrom or approve of " + to + " that is cut short");
        }
        if (isLimitedToken && !allowedTargets.contains(to)) {
            return refused(
                    Limit.TOKEN,
                    "a call that is no transfer, transferFrom or approve of " + to
                            + ", which is in allowTokens or has a maxTokenAmount, and is not in allowTargets");
        }
        return allows(allowedTargets, to) ? Optional.empty() : refused(Limit.TARGET, to + " is not in allowTargets");
    }

    /** Whether it matters which token is moved, to whom, or how much of it. */
    private boolean isLimited() {
        return !deniedTargets.isEmpty()
                || !allowedTargets.isEmpty()
                || !allowedTokens.isEmpty()
                || !mostByToken.isEmpty();
    }

    private static boolean allows(Set<String> allowed, String address) {
        return allowed.isEmpty() || allowed.contains(address);
    }

    private static Optional<Refused> refused(Limit limit, String message) {
        return Optional.of(new Refused(limit, message));
    }
}
