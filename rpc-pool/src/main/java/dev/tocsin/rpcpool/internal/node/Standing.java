package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.NodeState;
import org.jspecify.annotations.Nullable;

/**
 * What the pool thinks of a node: whether it answers, whether it is on its way to the head of the chain, whether it is behind the others; the
 * worst of these is its state. Not thread-safe: guarded by its node's {@link Health}.
 */
final class Standing {

    private static final int CHECKS_TO_RETURN = 4;

    private final int unhealthyAfter;
    private NodeState contact = NodeState.UNKNOWN; // HEALTHY: it answers, and serves the chain
    private int syncingFor; // so many checks in which it does not say so are needed
    private @Nullable String behind; // why
    private boolean isSuspect; // has failed a call since it last named its chain
    private int failuresInARow;

    Standing(int unhealthyAfter) {
        this.unhealthyAfter = unhealthyAfter;
    }

    NodeState state() {
        return contact != NodeState.HEALTHY
                ? contact
                : syncingFor > 0 ? NodeState.SYNCING : behind != null ? NodeState.BEHIND : NodeState.HEALTHY;
    }

    /** Whether it must name its chain before it gets a call. */
    boolean isSuspect() {
        return isSuspect || contact != NodeState.HEALTHY;
    }

    int failuresInARow() {
        return failuresInARow;
    }

    /** It has been away for a moment. */
    void suspected() {
        isSuspect = true;
    }

    /** It has named its chain. */
    void verified() {
        isSuspect = false;
    }

    /** It has served a call; only a check brings one back that does not answer, since it knows the chain. */
    void served() {
        failuresInARow = contact == NodeState.HEALTHY ? 0 : failuresInARow;
    }

    /** It has failed a call or a check by its own fault. */
    void failed() {
        isSuspect = true;
        syncingFor = syncingFor > 0 ? CHECKS_TO_RETURN : 0;
        if (++failuresInARow >= unhealthyAfter) {
            lost();
        }
    }

    /** It does not serve at all, until a check finds it mended. */
    void lost() {
        isSuspect = true;
        contact = contact == NodeState.WRONG_CHAIN ? contact : NodeState.UNHEALTHY;
    }

    void wrongChain() {
        contact = NodeState.WRONG_CHAIN;
    }

    /** It says that it has not caught up with the chain. */
    void syncing() {
        syncingFor = CHECKS_TO_RETURN;
    }

    /** A check was answered, by a node of the right chain. */
    void answers(boolean saysItSyncs) {
        contact = NodeState.HEALTHY;
        isSuspect = false;
        failuresInARow = 0;
        syncingFor = saysItSyncs ? CHECKS_TO_RETURN : Math.max(0, syncingFor - 1);
    }

    /** Why it is behind the others; null if it is not. */
    void behind(@Nullable String cause) {
        behind = cause;
    }

    boolean isBehind() {
        return behind != null;
    }

    /** In words, for the state as it is now. */
    String cause() {
        String cause = behind;
        return switch (state()) {
            case SYNCING -> "syncs, by its own word";
            case BEHIND -> cause == null ? "behind" : cause;
            default -> "answers";
        };
    }
}
