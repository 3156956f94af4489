package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way: its deadline, the attempts it has left, whom it has asked, and why they could not. Retries and hedges share it, so
 * that together they keep to one deadline and one number of attempts. Safe for use by many threads.
 */
public final class Asked {

    private final String method;
    private final @Nullable RpcCall call;
    private final long minHead;
    private final LongSupplier nanoTicker;
    private final long deadline;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private final Set<Node> inThisRound = new HashSet<>(); // guarded by lock
    private final Map<String, NodeFailure> failures = new LinkedHashMap<>(); // guarded by lock
    private int attemptsLeft; // guarded by lock

    /**
     * A call that begins.
     *
     * @param call null for a batch
     * @param minHead the block that a node must have; -1: any
     */
    public Asked(
            String method, @Nullable RpcCall call, int attempts, long deadline, long minHead, LongSupplier nanoTicker) {
        this.method = method;
        this.call = call;
        this.attemptsLeft = attempts;
        this.deadline = deadline;
        this.minHead = minHead;
        this.nanoTicker = nanoTicker;
    }

    public String method() {
        return method;
    }

    /** Null for a batch. */
    public @Nullable RpcCall call() {
        return call;
    }

    /** The block that a node must have; -1: any. */
    public long minHead() {
        return minHead;
    }

    /** Until the deadline; negative after it. */
    public long nanosLeft() {
        return deadline - nanoTicker.getAsLong();
    }

    /** The next node for an attempt, which is taken from those left; null if none is left, or every node has been asked in this round. */
    public @Nullable Node next(Selection selection) {
        return take(tried -> selection.next(this, tried));
    }

    /** A node for a second request, which need not be made: never one that is out, limits us or fails its calls; null if there is none. */
    public @Nullable Node nextFit(Selection selection) {
        return take(tried -> selection.nextFit(this, tried));
    }

    private @Nullable Node take(Function<Set<Node>, @Nullable Node> choice) {
        lock.lock();
        try {
            Node node = attemptsLeft == 0 ? null : choice.apply(inThisRound);
            if (node != null) {
                attemptsLeft--;
                inThisRound.add(node);
            }
            return node;
        } finally {
            lock.unlock();
        }
    }

    /** Begins a round in which every node may be asked again; false if no attempt is left or nobody was asked. */
    public boolean newRound() {
        lock.lock();
        try {
            boolean can = attemptsLeft > 0 && !inThisRound.isEmpty();
            inThisRound.clear();
            return can;
        } finally {
            lock.unlock();
        }
    }

    /** How long the next attempt may take, so that time is left for the nodes that have not been asked. */
    public Duration patience(Selection selection) {
        int others;
        lock.lock();
        try {
            others = Math.min(attemptsLeft, selection.left(inThisRound));
        } finally {
            lock.unlock();
        }
        return Duration.ofNanos(nanosLeft() / (others + 1));
    }

    public void failed(Node node, NodeFailure failure) {
        lock.lock();
        try {
            failures.put(node.name(), failure);
        } finally {
            lock.unlock();
        }
    }

    /** Why each node that was asked could not, in the order in which they were. */
    public Map<String, NodeFailure> failures() {
        lock.lock();
        try {
            return new LinkedHashMap<>(failures);
        } finally {
            lock.unlock();
        }
    }
}
