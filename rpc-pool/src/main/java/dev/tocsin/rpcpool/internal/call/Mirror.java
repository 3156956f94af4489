package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.Slowness;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares nodes by the calls that two of them got, and keeps calls away from one that is much slower. Such a node, and one whose
 * breaker is open, is tried by copies of reads that another node has served, in the background: so it comes back when it has
 * recovered, and no caller pays for finding out.
 *
 * <p>A node is tried once a second, less and less often (every four seconds) while it does badly; one copy is under way to it at a time, four
 * to all nodes, and the budget of second requests bounds them too. What changes something is never copied. A node
 * that is unhealthy, behind or outvoted is not tried: its checks or a time tell when it is back.
 */
public final class Mirror {

    private static final Logger LOG = LoggerFactory.getLogger(Mirror.class);
    private static final int MOST_UNDER_WAY = 4;
    private static final long LOOK_EVERY = Duration.ofMillis(100).toNanos();
    private static final long OFTEN = Duration.ofSeconds(1).toNanos();
    private static final long SELDOM = Duration.ofSeconds(4).toNanos();
    private static final long SHORTEST = Duration.ofSeconds(3).toNanos();
    private static final long LONGEST = Duration.ofSeconds(10).toNanos();
    private static final int TIMES = 4;

    private final Nodes nodes;
    private final Selection selection;
    private final Attempts attempts;
    private final HedgeBudget budget;
    private final Timer timer;
    private final LongSupplier nanoTicker;
    private final Map<Node, Turn> turns = new ConcurrentHashMap<>(); // of those that are left out
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong nextLook;

    public Mirror(
            Nodes nodes,
            Selection selection,
            Attempts attempts,
            HedgeBudget budget,
            Timer timer,
            LongSupplier nanoTicker) {
        this.nodes = nodes;
        this.selection = selection;
        this.attempts = attempts;
        this.budget = budget;
        this.timer = timer;
        this.nanoTicker = nanoTicker;
        this.nextLook = new AtomicLong(nanoTicker.getAsLong());
    }

    /** Whether a node is slow: the gate. */
    public static @Nullable Exclusion against(Node node, Asked asked, long now) {
        return node.slowness().isSlow() ? Exclusion.SLOW : null;
    }

    /** A node served a call, and nobody before it. */
    void answered(Node node, Asked asked, long took) {
        long now = nanoTicker.getAsLong();
        node.slowness().answered(took, now);
        served(node, asked, took, now);
    }

    /** A node had been waited for when another, which was asked later, served the call. */
    void beaten(Node node, long waited, Node by, Asked asked, long took) {
        long now = nanoTicker.getAsLong();
        node.slowness().beaten(waited, took, now);
        served(by, asked, took, now);
    }

    /**
     * A node has just been beaten by another. Its attempt is given up; now and then it runs on, with nobody waiting, until it is known whether
     * it was beaten by far.
     */
    void giveUp(Node node, Cancellation attempt, LongSupplier nanosSoFar, long tookOther) {
        Slowness slowness = node.slowness();
        if (slowness.follow()) {
            if (attempt.leave(() -> slowness.followed(nanosSoFar.getAsLong(), tookOther, nanoTicker.getAsLong()))) {
                long rest = Slowness.farFrom(tookOther) - nanosSoFar.getAsLong();
                timer.after(Duration.ofNanos(Math.max(1, rest)), attempt::cancel);
                return;
            }
            slowness.notFollowed();
        }
        attempt.cancel();
    }

    private void served(Node by, Asked asked, long took, long now) {
        RpcCall call = asked.call();
        long look = nextLook.get();
        if (now - look >= 0
                && call != null
                && Methods.of(call.method()).mayCopy()
                && nextLook.compareAndSet(look, now + LOOK_EVERY)) {
            look(by, call, asked, took, now);
        }
    }

    private void look(Node by, RpcCall call, Asked asked, long took, long now) {
        List<Node> all = nodes.all();
        for (Node node : all) {
            Exclusion why = selection.against(node, asked, now);
            if (why != Exclusion.SLOW && why != Exclusion.BROKEN) {
                turns.remove(node);
            } else if (node != by && node.headOr(-1) >= asked.minHead() && Attempts.against(node, asked, now) == null) {
                Turn turn = turns.computeIfAbsent(node, any -> new Turn(now));
                if (underWay.get() < MOST_UNDER_WAY && turn.isDue(now) && budget.spendReserve()) {
                    underWay.incrementAndGet();
                    turn.begin();
                    timer.after(Duration.ZERO, () -> attempt(node, turn, call, took));
                }
            }
        }
        if (turns.size() > all.size()) {
            turns.keySet().retainAll(all); // some have been removed
        }
    }

    private void attempt(Node node, Turn turn, RpcCall call, long other) {
        long began = nanoTicker.getAsLong();
        boolean isGood = false;
        try {
            node.health().tries();
            attempts.check(node, call, began + Math.clamp(other * TIMES, SHORTEST, LONGEST));
            long now = nanoTicker.getAsLong();
            isGood = !Slowness.isFarAbove(now - began, other);
            node.slowness().tried(isGood, now);
        } catch (NodeFailure e) {
            LOG.debug("a node that is left out did not serve a copy of a call node={} cause={}", node, e.reason());
            if (e.blamesNode()) {
                node.slowness().tried(false, nanoTicker.getAsLong());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the pool is being closed
        } finally {
            turn.end(isGood, nanoTicker.getAsLong());
            underWay.decrementAndGet();
        }
    }

    /** When a node is tried next. Begun by one thread at a time, which the next look decides. */
    private static final class Turn {
        private volatile boolean isUnderWay;
        private volatile long due;
        private volatile long wait = OFTEN;

        Turn(long now) {
            due = now + wait;
        }

        boolean isDue(long now) {
            return !isUnderWay && now - due >= 0;
        }

        void begin() {
            isUnderWay = true;
        }

        void end(boolean wasGood, long now) {
            long longer = wasGood ? OFTEN : Math.min(SELDOM, 2 * wait);
            wait = longer;
            due = now + longer;
            isUnderWay = false;
        }
    }
}
