package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Entrance;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import dev.tocsin.rpcpool.internal.view.SessionView;
import dev.tocsin.rpcpool.internal.view.View;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A use of the pool with one view of the chain, for an operation of several calls: read, sign, send, wait for the receipt, read again. What
 * one call has shown, the next one does not take back, whichever nodes answer:
 *
 * <ul>
 *   <li>one node is asked as long as nothing speaks against it, for transactions the one that took them; when another must be asked, then
 *       one that has every block the session has seen, by a head, a block, a receipt, a transaction or a log;
 *   <li>{@code latest} is never older than such a block: after a receipt, its effects are there;
 *   <li>{@code eth_getTransactionCount} of {@code pending} counts what the session has sent, even if the node that is asked has not heard of
 *       it. What may have been sent counts; what was refused at once or is invalid does not, nor what is lost: not counted by nodes for a minute (ten blocks of a slow
 *       chain) and not known to any by its hash. The gap it leaves is the next nonce; asking alone, not in a batch, finds it out.
 * </ul>
 *
 * <p>It does not wait for blocks, and knows nothing of other sessions. One node is asked likewise, since there may be several machines behind its address. Short-lived
 * by intention: it costs nothing to make one, there is nothing to close. A block it has seen it gives up once most nodes
 * have stayed below it for a minute (ten blocks of a slow chain), since the chain was reorganised then; a block that one node alone tells of, further ahead
 * of the others than they may lag, it does not hold them to. Safe for use by many threads.
 */
public final class RpcSession implements RpcCaller {

    private final View view;
    private final SessionView mine;
    private final Sending sending;
    private final Entrance entrance;
    private final Supplier<CallContext> contexts;

    RpcSession(View view, SessionView mine, Sending sending, Entrance entrance, Supplier<CallContext> contexts) {
        this.view = view;
        this.mine = mine;
        this.sending = sending;
        this.entrance = entrance;
        this.contexts = contexts;
    }

    /** As {@link RpcPool#call}, with the session's view. */
    @Override
    public RpcResult call(String method, @Nullable Object... params) throws InterruptedException {
        RpcCall call = RpcCall.of(method, params);
        return entrance.through(
                method, contexts.get(), context -> LayeredCaller.result(method, outcome(call, context)));
    }

    private CallOutcome outcome(RpcCall call, CallContext context) throws InterruptedException {
        CallOutcome outcome;
        try {
            RpcCall before = mine.countBefore(call);
            if (before != null) {
                mine.counted(before, view.call(before, mine.context(context)));
            }
            outcome = view.call(call, mine.context(context));
        } catch (RpcException e) {
            mine.failed(call, e);
            throw e;
        }
        mine.doubt(call, outcome, context);
        return mine.answered(call, outcome, context);
    }

    /** As {@link RpcPool#batch}, with the session's view. */
    @Override
    public List<CallOutcome> batch(List<RpcCall> calls) throws InterruptedException {
        List<RpcCall> copy = RpcCall.copyOf(calls);
        if (copy.isEmpty()) {
            return List.of();
        }
        return entrance.through("batch", contexts.get(), context -> outcomes(copy, context));
    }

    private List<CallOutcome> outcomes(List<RpcCall> copy, CallContext context) throws InterruptedException {
        List<CallOutcome> outcomes;
        try {
            outcomes = view.batch(copy, mine.context(context));
        } catch (RpcException e) {
            copy.forEach(call -> mine.failed(call, e));
            throw e;
        }
        List<CallOutcome> answers = new ArrayList<>(outcomes.size());
        for (int i = 0; i < outcomes.size(); i++) {
            answers.add(mine.answered(copy.get(i), outcomes.get(i), context));
        }
        return answers;
    }

    /**
     * As {@link RpcPool#send}; the session's node is asked first.
     *
     * @param signedTransactionHex 0x and the signed bytes
     * @return what became of it, with its hash, computed before it is sent
     * @throws IllegalArgumentException if that is no hexadecimal text
     * @throws RpcException if the pool is closed; nothing was sent
     * @throws InterruptedException if interrupted before; nothing was sent
     */
    public SendOutcome send(String signedTransactionHex) throws InterruptedException {
        SignedTransaction transaction = SignedTransaction.parse(signedTransactionHex);
        SendOutcome outcome = entrance.through(
                Sending.METHOD, contexts.get(), context -> sending.send(transaction, mine.home(), context.watch()));
        mine.sent(transaction, outcome, contexts.get());
        return outcome;
    }

    /** For people: the node that is asked as long as nothing speaks against it. */
    @Override
    public String toString() {
        String home = mine.home();
        return "RpcSession[" + (home == null ? "no node yet" : "node=" + home) + "]";
    }
}
