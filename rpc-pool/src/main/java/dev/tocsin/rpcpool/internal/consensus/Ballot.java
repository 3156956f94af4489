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
import tools.jackson.databind.JsonNode;

/** One question to several nodes: who is still to be asked, what they say, and whether that is enough. Safe for use by many threads. */
final class Ballot {

    private static final String NUMBERS = "numbers";
    private static final int MOST_CHARS_OF_AN_ANSWER = 80;

    private final Agreement agreement;
    private final boolean highest;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private final Condition told = lock.newCondition();
    private final Deque<Node> rest; // guarded by lock; the best first
    private final Map<Object, List<Vote>> votes = new LinkedHashMap<>(); // guarded by lock; by what they say
    private final Map<String, String> failures = new LinkedHashMap<>(); // guarded by lock
    private CallOutcome.@Nullable Rejected tooMuch; // guarded by lock
    private int asked; // guarded by lock
    private int underWay; // guarded by lock
    private boolean isClosed; // guarded by lock

    private record Vote(Node node, CallOutcome outcome, BigInteger number) {}

    /**
     * What came of it.
     *
     * @param outcome the answer that enough gave, or that too much was asked for if it was one node's reason to give none; null if there is none
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
        Object statement;
        BigInteger number = BigInteger.ZERO;
        if (highest && outcome instanceof CallOutcome.Answered answered) {
            JsonNode tree = answered.result().tree();
            if (!Json.isQuantity(tree)) {
                failed(node, said(outcome) + ", which is no quantity");
                return;
            }
            statement = NUMBERS;
            number = Json.quantity(tree);
        } else {
            statement = Statement.of(outcome, agreement.ignoredFields());
        }
        lock.lock();
        try {
            underWay--;
            if (!isClosed) {
                votes.computeIfAbsent(statement, any -> new ArrayList<>()).add(new Vote(node, outcome, number));
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

    /** It was asked for too much at once: who asks for less may have an answer. */
    void refused(Node node, CallOutcome.Rejected refusal) {
        lock.lock();
        try {
            tooMuch = refusal;
        } finally {
            lock.unlock();
        }
        failed(node, said(refusal));
    }

    /** Whether enough agree, on numbers so that none of them alone has made it up; or nobody is left who could make it so. */
    boolean isDecided() {
        lock.lock();
        try {
            return (isEnough() && isSure()) || (underWay == 0 && rest.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /** Whether enough agree. */
    boolean isEnough() {
        lock.lock();
        try {
            return most() >= agreement.agree();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is decided, enough agree who did not before, or more are to be asked; false if the time is over. */
    boolean await(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean wasEnough = isEnough();
            long left = nanos;
            while (!isDecided() && !wantsMore() && wasEnough == isEnough() && left > 0) {
                left = told.awaitNanos(left);
            }
            return left > 0;
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
                return new Verdict(tooMuch, List.of(), List.of(), causes());
            }
            List<Node> losers = votes.values().stream()
                    .filter(group -> !group.equals(winners))
                    .flatMap(Collection::stream)
                    .map(Vote::node)
                    .toList();
            CallOutcome outcome = winners.equals(votes.get(NUMBERS))
                    ? reached(winners).outcome()
                    : winners.getFirst().outcome();
            return new Verdict(outcome, winners.stream().map(Vote::node).toList(), losers, Map.of());
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private boolean wantsMore() {
        int wanted = isEnough() && !isSure() ? 1 : agreement.agree() - most();
        return (asked < agreement.of() || underWay < wanted) && !rest.isEmpty() && !isClosed;
    }

    /** Under the lock. */
    private int most() {
        int most = 0;
        for (List<Vote> group : votes.values()) {
            most = Math.max(most, group.size());
        }
        return most;
    }

    /** Whether enough say that it is not lower, and enough that it is not higher, so that no lone liar has made it up; under the lock. */
    private boolean isSure() {
        List<Vote> numbers = votes.getOrDefault(NUMBERS, List.of());
        if (numbers.size() < agreement.agree()) {
            return true;
        }
        BigInteger reached = reached(numbers).number();
        long notAbove = numbers.stream()
                .filter(vote -> vote.number().compareTo(reached) <= 0)
                .count();
        return notAbove >= agreement.agree();
    }

    /** The highest number that as many as must agree have reached; under the lock. */
    private Vote reached(List<Vote> numbers) {
        return numbers.stream()
                .sorted(Comparator.comparing(Vote::number).reversed())
                .toList()
                .get(agreement.agree() - 1);
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
