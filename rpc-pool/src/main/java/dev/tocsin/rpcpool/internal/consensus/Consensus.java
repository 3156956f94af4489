package dev.tocsin.rpcpool.internal.consensus;

import dev.tocsin.rpcpool.Agreement;
import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.internal.call.Asked;
import dev.tocsin.rpcpool.internal.call.Attempts;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import dev.tocsin.rpcpool.internal.call.Selection;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Asks several nodes the same and believes what enough of them say. Answers as soon as that is known, without waiting for the others; asks
 * further nodes when some fail or disagree. Takes the place of retries and hedges.
 */
public final class Consensus implements Layer {

    /** Honest answers to these differ: the highest that enough have reached is the one that is of use. */
    private static final Set<String> HIGHEST = Set.of(
            "eth_blockNumber",
            "eth_getTransactionCount",
            "eth_gasPrice",
            "eth_maxPriorityFeePerGas",
            "eth_blobBaseFee",
            "eth_estimateGas");

    private static final String LOGS = "eth_getLogs"; // which are cut by who asks

    /** How long a further answer is waited for when enough have answered with numbers that differ. */
    private static final long LONGER = Duration.ofMillis(250).toNanos();

    private static final AtomicLong NUMBER = new AtomicLong();

    private final Agreement agreement;
    private final Selection selection;
    private final Attempts attempts;
    private final Quarantine quarantine;
    private final Listeners listeners;
    private final LongSupplier nanoTicker;

    public Consensus(
            Agreement agreement,
            Selection selection,
            Attempts attempts,
            Quarantine quarantine,
            Listeners listeners,
            LongSupplier nanoTicker) {
        this.agreement = agreement;
        this.selection = selection;
        this.attempts = attempts;
        this.quarantine = quarantine;
        this.listeners = listeners;
        this.nanoTicker = nanoTicker;
    }

    @Override
    public CallOutcome call(RpcCall call, CallContext context) throws InterruptedException {
        if (Methods.of(call.method()).changes()) {
            throw new IllegalArgumentException(
                    call.method() + " changes something and is not asked of several nodes; call the pool itself");
        }
        Asked asked = new Asked(call.method(), call, 0, context, nanoTicker);
        List<Node> order = selection.order(asked);
        Ballot ballot = new Ballot(agreement, HIGHEST.contains(call.method()), order);
        List<Cancellation> asking = new ArrayList<>();
        try {
            ballot.toAsk().forEach(node -> asking.add(ask(node, call, context, ballot)));
            boolean isOver = false;
            while (!ballot.isDecided() && !isOver) {
                boolean isEnough = ballot.isEnough();
                long left = asked.nanosLeft();
                boolean isNews = ballot.await(isEnough ? Math.min(LONGER, left) : left);
                isOver = asked.nanosLeft() <= 0 || (isEnough && !isNews);
                ballot.toAsk().forEach(node -> asking.add(ask(node, call, context, ballot)));
            }
            Ballot.Verdict verdict = ballot.close();
            judge(verdict, call.method());
            if (verdict.outcome() != null) {
                return verdict.outcome();
            }
            if (attempts.isClosed()) {
                throw new RpcException("the pool is closed", null);
            }
            throw new NoNodeException(
                    "no " + agreement.agree() + " of " + order.size() + " nodes agreed on " + call.method(),
                    verdict.causes(),
                    false);
        } finally {
            ballot.close();
            asking.forEach(Cancellation::cancel);
        }
    }

    private void judge(Ballot.Verdict verdict, String method) {
        verdict.agreeing().forEach(quarantine::agreed);
        long now = nanoTicker.getAsLong();
        for (Node node : verdict.dissenting()) {
            listeners.onDispute(node.name(), method, quarantine.outvoted(node, now));
        }
    }

    private Cancellation ask(Node node, RpcCall call, CallContext context, Ballot ballot) {
        Cancellation cancellation = new Cancellation();
        Thread.ofVirtual().name("tocsin-consensus-" + NUMBER.getAndIncrement()).start(() -> {
            try {
                ballot.voted(node, attempts.ask(node, call, context, cancellation));
            } catch (NodeFailure e) {
                e.rejection()
                        .filter(refusal -> call.method().equals(LOGS)
                                && refusal.errorClass().action() == ErrorAction.SPLIT)
                        .ifPresentOrElse(
                                refusal -> ballot.refused(node, refusal), () -> ballot.failed(node, e.reason()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                ballot.failed(node, "interrupted");
            } catch (RuntimeException e) {
                ballot.failed(node, "failed by a bug of ours: " + e);
                throw e;
            }
        });
        return cancellation;
    }
}
