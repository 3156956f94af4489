package dev.tocsin.rpcpool.internal.send;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.internal.node.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/** What many nodes say of one transaction, while they say it. Safe for use by many threads. */
public final class NodeAnswers {

    private static final long QUORUM_PERCENT = 70;

    private final Map<String, SendOutcome> before = new LinkedHashMap<>(); // by node name, as if none had answered
    private final Set<String> toAsk;
    private final ReentrantLock lock = new ReentrantLock(); // guards the field below
    private final Condition told = lock.newCondition();
    private final Map<String, SendOutcome> heard = new LinkedHashMap<>(); // guarded by lock

    public NodeAnswers(SignedTransaction transaction, List<Node> all, List<Node> toAsk) {
        this.toAsk = toAsk.stream().map(Node::name).collect(Collectors.toSet());
        for (Node node : all) {
            before.put(
                    node.name(),
                    toAsk.contains(node)
                            ? NodeAnswer.unknown(transaction, node, "has not answered yet")
                            : NodeAnswer.notAsked(transaction, node));
        }
    }

    /** Takes an answer; the refusals that now stand against a success, each told once. */
    public List<SendOutcome.Rejected> add(String node, SendOutcome answer) {
        lock.lock();
        try {
            boolean wasTaken = isTaken();
            heard.put(node, answer);
            told.signalAll();
            List<SendOutcome> against =
                    wasTaken ? List.of(answer) : isTaken() ? List.copyOf(heard.values()) : List.of();
            return against.stream()
                    .filter(NodeAnswer::contradictsSuccess)
                    .map(SendOutcome.Rejected.class::cast)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until one has taken it, enough say what all would say, or all have answered. */
    public void awaitVerdict(long nanos) throws InterruptedException {
        await(nanos, false);
    }

    public void awaitAll(long nanos) throws InterruptedException {
        await(nanos, true);
    }

    private void await(long nanos, boolean all) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (heard.size() < toAsk.size() && (all || !(isTaken() || isRefusedByQuorum())) && left > 0) {
                left = told.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What decides: of those that were asked, without the ones that have not answered if a quorum has; of all if nobody could be asked. */
    public List<SendOutcome> forVerdict() {
        lock.lock();
        try {
            if (isRefusedByQuorum()) {
                return List.copyOf(heard.values());
            }
            return snapshot().entrySet().stream()
                    .filter(answer -> toAsk.isEmpty() || toAsk.contains(answer.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    public boolean isComplete() {
        lock.lock();
        try {
            return heard.size() == toAsk.size();
        } finally {
            lock.unlock();
        }
    }

    public Map<String, SendOutcome> snapshot() {
        lock.lock();
        try {
            Map<String, SendOutcome> all = new LinkedHashMap<>(before);
            all.putAll(heard);
            return all;
        } finally {
            lock.unlock();
        }
    }

    private boolean isTaken() {
        return heard.values().stream().anyMatch(SendOutcome::isTaken);
    }

    private boolean isRefusedByQuorum() {
        long refusals = heard.values().stream().filter(NodeAnswer::isUniversal).count();
        return refusals > 0 && refusals * 100 >= QUORUM_PERCENT * toAsk.size();
    }
}
