package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets attempts begin, so that no node gets more than it may be asked: neither at once ({@code Bulkhead}) nor in a second
 * ({@code RateBudget}). A call goes to a node that has both to spare. If none has, it waits in line for room at any node, or until the
 * node whose budget is ready soonest has what it costs; always until its deadline at most.
 */
final class Admission {

    private static final int SHARE_FOR_THE_ANSWER = 10; // of the time left a tenth is not waited

    private final Selection selection;
    private final Timer timer;
    private final LongSupplier nanoTicker;
    private final WaitingLine line;

    /** A look at the nodes: one was entered, or is over its budget, or there is none, or there is no room. */
    private record Look(State state, @Nullable Node node) {
        private static final Look NONE = new Look(State.NONE, null);
    }

    private enum State {
        ENTERED,
        OVER_BUDGET,
        NONE
    }

    Admission(Selection selection, Timer timer, LongSupplier nanoTicker) {
        this.selection = selection;
        this.timer = timer;
        this.nanoTicker = nanoTicker;
        this.line = new WaitingLine(timer, nanoTicker);
    }

    /** Why a node has nothing to spare for a call. The mildest of reasons: the last of the gates. */
    static @Nullable Exclusion against(Node node, Asked asked, long now) {
        if (node.bulkhead().isFull()) {
            return Exclusion.SATURATED;
        }
        return asked.hasPaid(node) || node.budget().wait(asked.calls(), asked.cost(node), now) == 0
                ? null
                : Exclusion.OVER_BUDGET;
    }

    /** The node for the next attempt, to be {@linkplain #leave left}; null if none is left in this round, or there is no time. */
    @Nullable Node enter(Asked asked) throws InterruptedException {
        while (asked.nanosLeft() > 0) {
            Look look = look(asked);
            if (look == null) {
                return null;
            }
            Node node = look.node;
            if (node == null || look.state == State.ENTERED) {
                return node;
            }
            pay(node, asked);
        }
        return null;
    }

    /** Waits for room at one node; false if there was none in time. What it costs is taken from its budget at once, whatever is left. */
    boolean enter(Node node, Asked asked) throws InterruptedException {
        boolean entered = line.isEmpty() && node.bulkhead().tryEnter();
        if (!entered) {
            entered = line.await(() -> node.bulkhead().tryEnter() ? node : null, selection::hasFit, asked.nanosLeft())
                    != null;
        }
        if (entered) {
            node.budget().spend(asked.calls(), asked.cost(node), nanoTicker.getAsLong());
        }
        return entered;
    }

    /** A node for a second request, if one that nothing speaks against can be entered now; null otherwise. */
    @Nullable Node tryEnterFit(Asked asked) {
        Node node = line.isEmpty() ? asked.peekFit(selection) : null;
        if (node == null || !node.bulkhead().tryEnter()) {
            return null;
        }
        boolean isPaid = node.budget().take(asked.calls(), asked.cost(node), nanoTicker.getAsLong(), 0) == 0;
        if (isPaid && asked.claim(node)) {
            return node;
        }
        leave(node);
        return null;
    }

    void leave(Node node) {
        node.bulkhead().leave();
        line.wake();
    }

    private @Nullable Look look(Asked asked) throws InterruptedException {
        Look look = line.isEmpty() ? tryEnter(asked) : null;
        return look == null ? line.await(() -> tryEnter(asked), selection::hasFit, asked.nanosLeft()) : look;
    }

    /** Null if there is no room. */
    private @Nullable Look tryEnter(Asked asked) {
        Node node = asked.peek(selection);
        if (node == null) {
            return Look.NONE;
        }
        if (!node.bulkhead().tryEnter()) {
            return null;
        }
        long now = nanoTicker.getAsLong();
        boolean isPaid = node.health().awayNanos(now) == 0
                && (asked.hasPaid(node) || node.budget().take(asked.calls(), asked.cost(node), now, 0) == 0);
        if (isPaid && asked.claim(node)) {
            asked.paid(null);
            return new Look(State.ENTERED, node);
        }
        leave(node);
        return isPaid ? Look.NONE : new Look(State.OVER_BUDGET, node);
    }

    /** Takes what the call costs from a node's budget, and waits until the node is ready. */
    private void pay(Node node, Asked asked) throws InterruptedException {
        Node before = asked.paid(null);
        if (before != null) {
            before.budget().giveBack(asked.calls(), asked.cost(before));
        }
        long now = nanoTicker.getAsLong();
        long most = longestWait(asked);
        long away = node.health().awayNanos(now);
        if (away > most) {
            asked.skip(node, tooEarly());
            return;
        }
        long wait = node.budget().take(asked.calls(), asked.cost(node), now, most);
        if (wait >= 0) {
            asked.paid(node);
            timer.sleep(Math.max(wait, away));
        } else if (away > 0) {
            timer.sleep(away);
        } else if (node.against(now) == Exclusion.LIMITED) {
            asked.paid(node); // it has not told for how long it limits us: as the last one it is asked all the same
        } else {
            asked.skip(node, new NodeFailure(NodeFailure.Kind.LIMITED, "its budget is used up until the deadline"));
        }
    }

    /** Waits until a node may be asked by its own word; false if that is too late. */
    boolean awaitTime(Node node, Asked asked) throws InterruptedException {
        long away = node.health().awayNanos(nanoTicker.getAsLong());
        if (away > longestWait(asked)) {
            return false;
        }
        if (away > 0) {
            timer.sleep(away);
        }
        return true;
    }

    private static long longestWait(Asked asked) {
        long left = Math.max(0, asked.nanosLeft());
        return left - left / SHARE_FOR_THE_ANSWER;
    }

    /** The node has told us to stay away until after the deadline. */
    static NodeFailure tooEarly() {
        return new NodeFailure(NodeFailure.Kind.LIMITED, "limits us");
    }
}
