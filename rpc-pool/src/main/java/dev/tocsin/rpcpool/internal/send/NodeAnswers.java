package dev.tocsin.rpcpool.internal.send;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.internal.node.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What many nodes say of one transaction, while they say it. Safe for use by many threads. */
public final class NodeAnswers {

    private static final long QUORUM_PERCENT = 70;

    private final Map<String, SendOutcome> before = new LinkedHashMap<>(); // by node name, as if none had answered
    private final Set<String> toAsk;
    private final Set<String> deciding; // of those to ask
    private final ReentrantLock lock = new ReentrantLock(); // guards the field below
    private final Condition told = lock.newCondition();
    private final Map<String, SendOutcome> heard = new LinkedHashMap<>(); // guarded by lock

    /** Of nodes of which some are asked; of these only the deciding ones make a verdict, the others leave it open at most. */
    public NodeAnswers(SignedTransaction transaction, List<Node> all, List<Node> toAsk, List<Node> deciding) {
        this.toAsk = toAsk.stream().map(Node::name).collect(Collectors.toSet());
        this.deciding = deciding.stream().map(Node::name).collect(Collectors.toSet());
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
            if (!deciding.contains(node)) {
                return List.of();
            }
            List<SendOutcome> against =
                    wasTaken ? List.of(answer) : isTaken() ? decisive().toList() : List.of();
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

    /**
     * What decides: the answers of the deciding ones, and nothing else if a quorum of them has refused. Without that also what leaves it
     * open, by others that have taken it or have not answered; and why those were not asked that would decide, if none of them was.
     */
    public List<SendOutcome> forVerdict() {
        lock.lock();
        try {
            if (isRefusedByQuorum()) {
                return decisive().toList();
            }
            List<SendOutcome> all = new ArrayList<>();
            snapshot().forEach((node, answer) -> {
                if (deciding.contains(node) || (deciding.isEmpty() && !toAsk.contains(node))) {
                    all.add(answer);
                } else if (toAsk.contains(node) && !(answer instanceof SendOutcome.Rejected)) {
                    all.add(NodeAnswer.withoutProof(answer));
                }
            });
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** What the deciding ones have answered. */
    private Stream<SendOutcome> decisive() {
        return heard.entrySet().stream()
                .filter(answer -> deciding.contains(answer.getKey()))
                .map(Map.Entry::getValue);
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
        return decisive().anyMatch(SendOutcome::isTaken);
    }

    private boolean isRefusedByQuorum() {
        long refusals = decisive().filter(NodeAnswer::isUniversal).count();
        return refusals > 0 && refusals * 100 >= QUORUM_PERCENT * deciding.size();
    }
}
