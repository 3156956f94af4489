package dev.tocsin.rpcpool.internal.consensus;

import dev.tocsin.rpcpool.Agreement;
import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.Json;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One question to several nodes: who is still to be asked, what they say, and whether that is enough. Safe for use by many threads. */
final class Ballot {

    private static final int MOST_CHARS_OF_AN_ANSWER = 80;

    private final Agreement agreement;
    private final boolean highest;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private final Condition told = lock.newCondition();
    private final Deque<Node> rest; // guarded by lock; the best first
    private final Map<Object, List<Vote>> votes = new LinkedHashMap<>(); // guarded by lock; by what they say
    private final Map<String, String> failures = new LinkedHashMap<>(); // guarded by lock
    private int asked; // guarded by lock
    private int underWay; // guarded by lock
    private boolean isClosed; // guarded by lock

    private record Vote(Node node, CallOutcome outcome) {}

    /**
     * What came of it.
     *
     * @param outcome the answer that enough gave; null if there is none
     * @param agreeing who gave it
     * @param dissenting who gave another; nobody if there is no agreement
     * @param causes why there is none, by node
     */
    record Verdict(
            @Nullable CallOutcome outcome, List<Node> agreeing, List<Node> dissenting, Map<String, String> causes) {}

    /** With those that may be asked, the best first. */
    Ballot(Agreement agreement, boolean highest, List<Node> order) {
        this.agreement = agreement;
        this.highest = highest;
        this.rest = new ArrayDeque<>(order);
    }

    /** Those to be asked now: as many as were wanted from the start, or as are needed since others failed or disagree. */
    List<Node> toAsk() {
        lock.lock();
        try {
            List<Node> next = new ArrayList<>();
            while (wantsMore()) {
                next.add(rest.remove());
                asked++;
                underWay++;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    void voted(Node node, CallOutcome outcome) {
        Object statement = highest && outcome instanceof CallOutcome.Answered
                ? "a number"
                : Statement.of(outcome, agreement.ignoredFields());
        lock.lock();
        try {
            underWay--;
            if (!isClosed) {
                votes.computeIfAbsent(statement, any -> new ArrayList<>()).add(new Vote(node, outcome));
            }
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void failed(Node node, String cause) {
        lock.lock();
        try {
            underWay--;
            failures.put(node.name(), cause);
            told.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether enough agree, or nobody is left who could make it so. */
    boolean isDecided() {
        lock.lock();
        try {
            return most() >= agreement.agree() || (underWay == 0 && rest.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is decided or more are to be asked. */
    void await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!isDecided() && !wantsMore() && left > 0) {
                left = told.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more votes; what came of it. */
    Verdict close() {
        lock.lock();
        try {
            isClosed = true;
            List<Vote> winners = votes.values().stream()
                    .max(Comparator.comparingInt(List::size))
                    .orElse(List.of());
            if (winners.size() < agreement.agree()) {
                return new Verdict(null, List.of(), List.of(), causes());
            }
            List<Node> losers = votes.values().stream()
                    .filter(group -> !group.equals(winners))
                    .flatMap(Collection::stream)
                    .map(Vote::node)
                    .toList();
            CallOutcome outcome =
                    highest ? highestOf(winners) : winners.getFirst().outcome();
            return new Verdict(outcome, winners.stream().map(Vote::node).toList(), losers, Map.of());
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private boolean wantsMore() {
        boolean isEnough = asked >= agreement.of() && underWay >= agreement.agree() - most();
        return !isEnough && !rest.isEmpty() && !isClosed;
    }

    /** Under the lock. */
    private int most() {
        int most = 0;
        for (List<Vote> group : votes.values()) {
            most = Math.max(most, group.size());
        }
        return most;
    }

    private static CallOutcome highestOf(List<Vote> winners) {
        return winners.stream()
                .map(Vote::outcome)
                .max(Comparator.comparing(outcome -> outcome instanceof CallOutcome.Answered answered
                        ? Json.quantity(answered.result().tree())
                        : BigInteger.ZERO))
                .orElseThrow();
    }

    /** Under the lock. */
    private Map<String, String> causes() {
        Map<String, String> causes = new LinkedHashMap<>();
        votes.values()
                .forEach(group -> group.forEach(vote -> causes.put(vote.node().name(), said(vote.outcome()))));
        causes.putAll(failures);
        rest.forEach(node -> causes.putIfAbsent(node.name(), "not asked"));
        return causes;
    }

    private static String said(CallOutcome outcome) {
        return switch (outcome) {
            case CallOutcome.Answered answered ->
                "answered " + shortened(answered.result().json());
            case CallOutcome.Rejected rejected -> "refused: " + shortened(rejected.message());
        };
    }

    private static String shortened(String text) {
        return text.length() <= MOST_CHARS_OF_AN_ANSWER ? text : text.substring(0, MOST_CHARS_OF_AN_ANSWER) + "…";
    }
}
