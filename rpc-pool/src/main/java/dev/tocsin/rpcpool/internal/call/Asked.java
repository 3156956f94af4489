package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.method.Reach;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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
    private final @Nullable String preferred;
    private final Watch watch;
    private final LongSupplier nanoTicker;
    private final long deadline;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private final Set<Node> inThisRound = new HashSet<>(); // guarded by lock
    private final Set<Node> skipped = new HashSet<>(); // guarded by lock; they have no time for it before the deadline
    private final Map<String, NodeFailure> failures = new LinkedHashMap<>(); // guarded by lock
    private int attemptsLeft; // guarded by lock
    private @Nullable Node paid; // by the caller's thread alone; a node whose budget it has taken from and waited for
    private boolean wasGranted; // guarded by lock; the additional attempt
    private List<RpcCall> each; // set before it is shared
    private volatile @Nullable List<Reach> reaches; // once somebody has asked
    private volatile long minHead;
    private volatile long lacking = -1;

    /**
     * A call that begins.
     *
     * @param call null for a batch
     */
    public Asked(String method, @Nullable RpcCall call, int attempts, CallContext context, LongSupplier nanoTicker) {
        this.method = method;
        this.call = call;
        this.each = call == null ? List.of() : List.of(call);
        this.attemptsLeft = attempts;
        this.deadline = context.deadline();
        this.minHead = context.minHead();
        this.preferred = context.preferred();
        this.watch = context.watch();
        this.nanoTicker = nanoTicker;
    }

    public String method() {
        return method;
    }

    /** Null for a batch. */
    public @Nullable RpcCall call() {
        return call;
    }

    /** The calls of which it is made, if they are several in one request. */
    Asked ofCalls(List<RpcCall> calls) {
        each = calls;
        return this;
    }

    /** For which these nodes are not to be chosen. */
    Asked without(Set<Node> tried) {
        lock.lock();
        try {
            inThisRound.addAll(tried);
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** The call, or those of the batch. */
    public List<RpcCall> each() {
        return each;
    }

    /** How far each of them reaches into the chain. */
    List<Reach> reaches() {
        List<Reach> known = reaches;
        if (known == null) {
            known = each.size() == 1
                    ? List.of(Reach.of(each.getFirst()))
                    : each.stream().map(Reach::of).toList();
            reaches = known;
        }
        return known;
    }

    /** The block that a node must have; -1: any. */
    public long minHead() {
        return minHead;
    }

    /** A node did not have a block yet that it needs: it is for nodes that have. */
    void lacks(long block) {
        lacking = Math.max(lacking, block);
        minHead = Math.max(minHead, block);
    }

    /** The block that a node did not have yet; -1 if none has said so. */
    long lacking() {
        return lacking;
    }

    /** Whether the node is to be asked as long as nothing speaks against it. */
    boolean prefers(Node node) {
        return preferred != null && preferred.equals(node.name());
    }

    /** Who hears of its attempts. */
    Watch watch() {
        return watch;
    }

    /** Until the deadline; negative after it. */
    public long nanosLeft() {
        return deadline - nanoTicker.getAsLong();
    }

    /** How many calls it is. */
    int calls() {
        return Math.max(1, each.size());
    }

    /** What it costs at a node, in compute units. */
    long cost(Node node) {
        if (call != null) {
            return node.budget().cost(method);
        }
        long sum = 0;
        for (RpcCall one : each) {
            sum += node.budget().cost(one.method());
        }
        return sum;
    }

    /** Whether it has taken what it costs from a node's budget, and waited. */
    boolean hasPaid(Node node) {
        return paid == node;
    }

    /** Notes where it has; the node where it had before. */
    @Nullable Node paid(@Nullable Node node) {
        Node before = paid;
        paid = node;
        return before;
    }

    /** The node for the next attempt; null if no attempt is left, or every node has been asked in this round. */
    public @Nullable Node peek(Selection selection) {
        return choose(tried -> selection.next(this, tried));
    }

    /** A node for a second request, which need not be made: never one that is out, limits us or fails its calls; null if there is none. */
    public @Nullable Node peekFit(Selection selection) {
        return choose(tried -> selection.nextFit(this, tried));
    }

    /** Without the lock: the strategy and the costs are foreign code. */
    private @Nullable Node choose(Function<Set<Node>, @Nullable Node> choice) {
        Set<Node> tried;
        lock.lock();
        try {
            if (attemptsLeft == 0) {
                return null;
            }
            tried = Set.copyOf(inThisRound);
        } finally {
            lock.unlock();
        }
        return choice.apply(tried);
    }

    /** Takes an attempt at a node from those left; false if there is none, or the node has been asked in this round. */
    public boolean claim(Node node) {
        lock.lock();
        try {
            if (attemptsLeft == 0 || !inThisRound.add(node)) {
                return false;
            }
            attemptsLeft--;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Does without a node. */
    void skip(Node node, NodeFailure why) {
        lock.lock();
        try {
            inThisRound.add(node);
            skipped.add(node);
            failures.putIfAbsent(node.name(), why);
        } finally {
            lock.unlock();
        }
    }

    /** Begins a round in which every node may be asked again; false if no attempt is left or nobody was asked. */
    public boolean newRound() {
        lock.lock();
        try {
            boolean can = attemptsLeft > 0 && inThisRound.size() > skipped.size();
            inThisRound.clear();
            inThisRound.addAll(skipped);
            return can;
        } finally {
            lock.unlock();
        }
    }

    /** Gives it one attempt more; false if it has got that before. */
    boolean grantOnce() {
        lock.lock();
        try {
            boolean grants = !wasGranted;
            attemptsLeft += grants ? 1 : 0;
            wasGranted = true;
            return grants;
        } finally {
            lock.unlock();
        }
    }

    /** How long the next attempt may take, so that time is left for the nodes that have not been asked. */
    public Duration patience(Selection selection) {
        return Duration.ofNanos(nanosLeft() / (others(selection) + 1));
    }

    /** How many nodes could be asked after the attempt that begins. */
    int others(Selection selection) {
        lock.lock();
        try {
            return attemptsLeft == 0 ? 0 : Math.min(attemptsLeft, selection.left(inThisRound));
        } finally {
            lock.unlock();
        }
    }

    public void failed(Node node, NodeFailure failure) {
        lock.lock();
        try {
            failures.put(node.name(), failure);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a node may have done all the same what it failed. */
    boolean mayBeDone() {
        lock.lock();
        try {
            return failures.values().stream().anyMatch(failure -> !failure.certainlyNotDone());
        } finally {
            lock.unlock();
        }
    }

    /** Whether two nodes have given an error that nobody knows. */
    boolean isUnknownToTwo() {
        lock.lock();
        try {
            return failures.values().stream().filter(NodeFailure::isUnknown).count() > 1;
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
