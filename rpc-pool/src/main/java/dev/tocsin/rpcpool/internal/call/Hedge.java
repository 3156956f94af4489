package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcPoolListener.Purpose;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Slowness;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a second node when the first takes longer than is usual for the method, and takes the answer that comes first; the other attempt
 * is given up. A budget keeps the additional load small. When it is spent, a reserve is left for calls that take half a second,
 * so that a node that has become slow is found out. An answer that says nothing (null) or refuses never wins over one that is awaited. What
 * changes something is asked of one node, but for a signed transaction: it takes effect once, however many nodes get it.
 *
 * @see <a href="https://research.google/pubs/the-tail-at-scale/">Dean and Barroso, The Tail at Scale: hedged requests</a>
 */
public final class Hedge implements NodeAsk {

    private static final Logger LOG = LoggerFactory.getLogger(Hedge.class);
    private static final Duration SHORTEST = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final Duration AT_FIRST = Duration.ofMillis(100); // while too few answers are known
    private static final int SHARE_OF_DEADLINE = 3;

    private final Attempts attempts;
    private final Timer timer;
    private final HedgeBudget budget;
    private final RecentTimes times;
    private final Mirror mirror;
    private final Listeners listeners;

    public Hedge(
            Attempts attempts, Timer timer, HedgeBudget budget, RecentTimes times, Mirror mirror, Listeners listeners) {
        this.attempts = attempts;
        this.timer = timer;
        this.budget = budget;
        this.times = times;
        this.mirror = mirror;
        this.listeners = listeners;
    }

    /**
     * Asks a node, and after a while perhaps another.
     *
     * @param isWeak whether an answer may lose against one that is awaited
     */
    public <T> T ask(Node first, Asked asked, Attempts.Request<T> request, Predicate<T> isWeak)
            throws NodeFailure, InterruptedException {
        return new Race<>(first, asked, request, isWeak).run(attempts.patience(asked));
    }

    @Override
    public CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException {
        return attempts.ask(node, call, timeout);
    }

    @Override
    public NodeAsk watchedBy(Watch watch) {
        return new Watched(watch);
    }

    /** What a caller asks of nodes whom it chooses itself. */
    private final class Watched implements NodeAsk {
        private final Watch watch;

        Watched(Watch watch) {
            this.watch = watch;
        }

        @Override
        public CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure, InterruptedException {
            return attempts.watchedBy(watch).ask(node, call, timeout);
        }

        @Override
        public List<Said> askTwo(
                Node node, Set<Node> tried, RpcCall call, Duration timeout, Predicate<CallOutcome> isWeak)
                throws InterruptedException {
            Asked asked = attempts.asked(call, 1, attempts.within(timeout).watchedBy(watch))
                    .without(tried);
            Map<Node, CallOutcome> outcomes = new ConcurrentHashMap<>();
            Attempts.Request<CallOutcome> request = attempts.request(call);
            Race<CallOutcome> race = new Race<>(
                    node,
                    asked,
                    (one, most, cancellation) -> {
                        CallOutcome outcome = request.at(one, most, cancellation);
                        outcomes.put(one, outcome);
                        return outcome;
                    },
                    isWeak);
            try {
                attempts.begin(node, asked);
                try {
                    race.run(Duration.ofNanos(asked.nanosLeft()));
                } finally {
                    attempts.end(node);
                }
            } catch (NodeFailure e) {
                asked.failed(node, e);
            }
            return race.nodes().stream()
                    .map(one ->
                            new Said(one, outcomes.get(one), asked.failures().get(one.name())))
                    .filter(said -> said.outcome() != null || said.failure() != null)
                    .toList();
        }
    }

    private Duration delay(Asked asked) {
        long usual = times.usual(asked.method());
        Duration wanted = usual < 0 ? AT_FIRST : Duration.ofNanos(usual);
        Duration most = Duration.ofNanos(Math.min(LONGEST.toNanos(), asked.nanosLeft() / SHARE_OF_DEADLINE));
        Duration least = wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted;
        return least.compareTo(most) < 0 ? least : most;
    }

    /** Two attempts, of which the second may never be made. */
    private final class Race<T> {
        private final Node firstNode;
        private final Asked asked;
        private final Attempts.Request<T> request;
        private final Predicate<T> isWeak;
        private final long began;
        private final Cancellation firstGivenUp = new Cancellation();
        private final Cancellation secondGivenUp = new Cancellation();
        private final ReentrantLock lock = new ReentrantLock(); // guards every field below
        private final Condition secondEnded = lock.newCondition();
        private boolean isOver; // guarded by lock
        private boolean isChoosing; // guarded by lock; a node for the second
        private @Nullable Node underWay; // guarded by lock; the second node while it is awaited
        private @Nullable T answerOfSecond; // guarded by lock
        private @Nullable Node secondNode; // guarded by lock; also when it is not awaited any more
        private long secondTook; // guarded by lock
        private boolean secondWon; // by the caller's thread alone
        private Runnable forget = () -> {}; // guarded by lock; what is planned

        Race(Node firstNode, Asked asked, Attempts.Request<T> request, Predicate<T> isWeak) {
            this.firstNode = firstNode;
            this.asked = asked;
            this.request = request;
            this.isWeak = isWeak;
            this.began = asked.nanosLeft();
        }

        private long nanosSoFar() {
            return began - asked.nanosLeft();
        }

        /** The better answer of the two; with how long the first may take. */
        T run(Duration most) throws NodeFailure, InterruptedException {
            budget.earn();
            plan(delay(asked).toNanos(), this::second);
            try {
                return first(most);
            } finally {
                over();
            }
        }

        /** Who was asked. */
        List<Node> nodes() {
            lock.lock();
            try {
                return secondNode == null ? List.of(firstNode) : List.of(firstNode, secondNode);
            } finally {
                lock.unlock();
            }
        }

        /** The attempt of the caller's own thread. */
        private T first(Duration most) throws NodeFailure, InterruptedException {
            try {
                T answer = attempts.one(firstNode, asked, Purpose.CALL, most, request, firstGivenUp);
                mirror.answered(firstNode, asked, nanosSoFar());
                T other = isWeak.test(answer) ? otherAnswer() : null;
                secondWon = other != null;
                return other == null ? answer : other;
            } catch (NodeFailure e) {
                T other = otherAnswer();
                if (other != null) {
                    secondWon = true;
                    compare(e);
                    return other;
                }
                throw e;
            }
        }

        private void compare(NodeFailure failure) {
            Node winner;
            long took;
            lock.lock();
            try {
                winner = secondNode;
                took = secondTook;
            } finally {
                lock.unlock();
            }
            if (winner != null && failure.kind() == NodeFailure.Kind.GIVEN_UP) {
                mirror.beaten(firstNode, nanosSoFar(), winner, asked, took);
            }
        }

        /** What the second attempt brought, awaited if it is under way. */
        private @Nullable T otherAnswer() throws InterruptedException {
            lock.lock();
            try {
                long left = asked.nanosLeft();
                while ((isChoosing || underWay != null) && left > 0) {
                    left = secondEnded.awaitNanos(left);
                }
                if (underWay != null) {
                    asked.failed(
                            underWay, new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no answer within the deadline"));
                }
                isOver = true;
                return answerOfSecond;
            } finally {
                lock.unlock();
            }
        }

        /** Plans a second attempt. */
        private void plan(long nanos, Runnable attempt) {
            lock.lock();
            try {
                if (!isOver) {
                    forget = timer.after(Duration.ofNanos(Math.max(0, nanos)), attempt);
                }
            } finally {
                lock.unlock();
            }
        }

        /** Runs when the first is late, by a thread of its own. */
        private void second() {
            Node node = begin(budget::spend);
            if (node == null) {
                plan(Slowness.LATE - nanosSoFar(), this::last);
            } else {
                ask(node);
            }
        }

        /** Runs when the first is so late that it may have become slow, and the budget was spent. */
        private void last() {
            Node node = begin(budget::spendReserve);
            if (node != null) {
                ask(node);
            }
        }

        private void ask(Node node) {
            long askedAfter = nanosSoFar();
            T answer = null;
            try {
                listeners.onHedge(asked.method(), firstNode.name(), node.name());
                answer = attempts.one(node, asked, Purpose.HEDGE, attempts.patience(asked), request, secondGivenUp);
            } catch (NodeFailure e) {
                LOG.debug("the second request was not served either node={} cause={}", node, e.reason());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                end(node, answer, nanosSoFar() - askedAfter);
            }
        }

        private @Nullable Node begin(BooleanSupplier spending) {
            lock.lock();
            try {
                if (isOver || !spending.getAsBoolean()) {
                    return null;
                }
                isChoosing = true;
            } finally {
                lock.unlock();
            }
            Node node = null;
            try {
                node = attempts.tryBegin(asked); // by the strategy, which is foreign code: not under the lock
            } finally {
                node = chosen(node);
            }
            return node;
        }

        /** The node to ask; null if it is too late for that. */
        private @Nullable Node chosen(@Nullable Node node) {
            lock.lock();
            try {
                isChoosing = false;
                secondEnded.signalAll();
                if (!isOver) {
                    underWay = node;
                    secondNode = node;
                    return node;
                }
            } finally {
                lock.unlock();
            }
            if (node != null) {
                attempts.end(node);
            }
            return null;
        }

        private void end(Node node, @Nullable T answer, long took) {
            boolean wins;
            lock.lock();
            try {
                underWay = null;
                answerOfSecond = answer;
                secondNode = node;
                secondTook = took;
                wins = !isOver && answer != null && !isWeak.test(answer);
                secondEnded.signalAll();
            } finally {
                lock.unlock();
                attempts.end(node);
            }
            if (wins) {
                mirror.giveUp(firstNode, firstGivenUp, this::nanosSoFar, took);
            }
        }

        private void over() {
            Runnable planned;
            Node second;
            lock.lock();
            try {
                isOver = true;
                planned = forget;
                second = secondNode;
            } finally {
                lock.unlock();
            }
            planned.run();
            secondGivenUp.cancel();
            if (second != null) {
                listeners.onHedgeEnd(asked.method(), firstNode.name(), second.name(), secondWon);
            }
        }
    }
}
