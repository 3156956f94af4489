package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.method.Needs;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the oldest block of which a node has a kind of data, by halves, in the background, once it lacked a block of which that was not known.
 * Each step is one cheap read, of those that a check may make of the node: ten a second, 20 at most. While the node limits us or is not well
 * none is made; after a minute of that, or any other failure, it is left at what is known.
 *
 * <p>Traces are not searched for: there is no cheap one.
 */
public final class BoundSearch {

    private static final Duration PACE = Duration.ofMillis(100);
    private static final Duration LATER = Duration.ofSeconds(1);
    private static final long PATIENCE = Duration.ofSeconds(5).toNanos();
    private static final int MOST_READS = 20;
    private static final int MOST_DELAYS = 60;
    private static final String NOBODY = "0x0000000000000000000000000000000000000000";

    private final Read read;
    private final Timer timer;
    private final LongSupplier nanoTicker;
    private final Set<Goal> underWay = ConcurrentHashMap.newKeySet(); // as many as nodes have kinds of data, at most

    /** Asks a node until a deadline, for nobody. */
    @FunctionalInterface
    public interface Read {
        CallOutcome at(Node node, RpcCall call, long deadline) throws NodeFailure, InterruptedException;
    }

    private record Goal(Node node, Needs needs) {}

    public BoundSearch(Read read, Timer timer, LongSupplier nanoTicker) {
        this.read = read;
        this.timer = timer;
        this.nanoTicker = nanoTicker;
    }

    /** Begins, unless it is at it. */
    void begin(Node node, Needs needs, DataBounds bounds) {
        Goal goal = new Goal(node, needs);
        if (call(needs, 0) != null && underWay.add(goal)) {
            next(goal, bounds, PACE, MOST_READS, MOST_DELAYS);
        }
    }

    private void next(Goal goal, DataBounds bounds, Duration wait, int reads, int delays) {
        timer.after(wait, () -> {
            boolean goesOn = false;
            try {
                goesOn = step(goal, bounds, reads, delays);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the pool is being closed
            } finally {
                if (!goesOn) {
                    underWay.remove(goal);
                }
            }
        });
    }

    /** Whether another is planned. */
    private boolean step(Goal goal, DataBounds bounds, int reads, int delays) throws InterruptedException {
        Node node = goal.node;
        DataBounds.Gap gap = bounds.gap(node, goal.needs);
        if (gap == null || reads == 0 || delays == 0 || node.isGone() || node.isCordoned()) {
            return false;
        }
        long middle = gap.middle();
        RpcCall call = call(goal.needs, middle);
        long now = nanoTicker.getAsLong();
        if (call == null) {
            return false;
        }
        if (!isIdle(node, call, now)) {
            next(goal, bounds, LATER, reads, delays - 1);
            return true;
        }
        try {
            Optional<Boolean> has = has(read.at(node, call, now + PATIENCE), goal.needs);
            has.ifPresent(found -> bounds.found(node, goal.needs, middle, found));
            if (has.isEmpty()) {
                return false;
            }
        } catch (NodeFailure e) {
            ErrorClass error = e.errorClass();
            if (error == ErrorClass.MISSING_DATA || error == ErrorClass.FUTURE_BLOCK) {
                bounds.found(node, goal.needs, middle, false);
            } else if (!e.isTooMany()) {
                return false;
            }
        }
        next(goal, bounds, PACE, reads - 1, delays);
        return true;
    }

    /** Whether nothing speaks against a read nobody waits for: the node is well, and has something to spare. */
    private boolean isIdle(Node node, RpcCall call, long now) {
        Asked asked = new Asked(call.method(), call, 0, new CallContext(now + PATIENCE, -1), nanoTicker);
        return node.against(now) == null && Attempts.against(node, asked, now) == null;
    }

    /** Empty if that is no answer to the question. No logs are an answer: a node that is searched says it when it has none any more. */
    private static Optional<Boolean> has(CallOutcome outcome, Needs needs) {
        boolean isNull = outcome instanceof CallOutcome.Answered answered
                && answered.result().isNull();
        return switch (outcome) {
            case CallOutcome.Rejected rejected -> Optional.empty();
            case CallOutcome.Answered answered ->
                isNull && (needs == Needs.STATE || needs == Needs.PROOF) ? Optional.empty() : Optional.of(!isNull);
        };
    }

    /** What needs that kind of data of a block, and little else; null if nothing does. */
    private static @Nullable RpcCall call(Needs needs, long block) {
        String number = Hex.quantity(block);
        return switch (needs) {
            case STATE -> RpcCall.of("eth_getBalance", NOBODY, number);
            case PROOF -> RpcCall.of("eth_getProof", NOBODY, List.of(), number);
            case BLOCK, TRANSACTION -> RpcCall.of("eth_getBlockByNumber", number, false);
            case RECEIPT -> RpcCall.of("eth_getBlockReceipts", number);
            case LOGS -> RpcCall.of("eth_getLogs", Map.of("fromBlock", number, "toBlock", number, "address", NOBODY));
            case TRACE, NONE -> null;
        };
    }
}
