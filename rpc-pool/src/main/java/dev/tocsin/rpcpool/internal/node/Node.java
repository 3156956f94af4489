package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.NodeStatus;
import dev.tocsin.rpcpool.RateLimit;
import dev.tocsin.rpcpool.SelectionStrategy;
import dev.tocsin.rpcpool.Tier;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A node and what is known of it. Safe for use by many threads. */
public final class Node implements SelectionStrategy.Candidate {

    private static final int CALLS_OF_A_CHECK = 2;

    private final String name;
    private final URI url;
    private final Tier tier;
    private final int unhealthyAfter;
    private final RateBudget budget;
    private final Bulkhead bulkhead;
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean isCordoned;
    private final PeakLatency latencies = new PeakLatency();
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private NodeState state = NodeState.UNKNOWN; // guarded by lock
    private boolean suspect; // guarded by lock; has failed a call since it last named its chain
    private int failuresInARow; // guarded by lock
    private long head = -1; // guarded by lock
    private final Breaker breaker = new Breaker(); // guarded by lock
    private boolean isCooling; // guarded by lock
    private long coolsUntil; // guarded by lock
    private @Nullable Duration latency; // guarded by lock
    private @Nullable Instant lastCheck; // guarded by lock
    private @Nullable String lastError; // guarded by lock

    /** A node of which no limits are known. */
    public Node(String name, URI url, Tier tier, int unhealthyAfter) {
        this(name, url, tier, unhealthyAfter, new RateBudget(RateLimit.NONE), new Bulkhead(Integer.MAX_VALUE));
    }

    public Node(String name, URI url, Tier tier, int unhealthyAfter, RateBudget budget, Bulkhead bulkhead) {
        this.name = name;
        this.budget = budget;
        this.bulkhead = bulkhead;
        this.url = url;
        this.tier = tier;
        this.unhealthyAfter = unhealthyAfter;
    }

    @Override
    public String name() {
        return name;
    }

    /** What it may be asked in a second. */
    public RateBudget budget() {
        return budget;
    }

    /** What it may be asked at once. */
    public Bulkhead bulkhead() {
        return bulkhead;
    }

    @Override
    public OptionalLong head() {
        lock.lock();
        try {
            return head < 0 ? OptionalLong.empty() : OptionalLong.of(head);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public double latencyMillis() {
        return latencies.millis();
    }

    @Override
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public double successRate() {
        return latencies.successRate();
    }

    public void began(long now) {
        inFlight.incrementAndGet();
        lock.lock();
        try {
            breaker.began(now);
        } finally {
            lock.unlock();
        }
    }

    /** It limits us: it is left alone for a time. */
    public void coolDown(Duration time, long now) {
        lock.lock();
        try {
            long until = now + time.toNanos();
            coolsUntil = isCooling && coolsUntil - until > 0 ? coolsUntil : until;
            isCooling = true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is left alone because it limits us. */
    public boolean cools(long now) {
        lock.lock();
        try {
            return coolsStill(now);
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private boolean coolsStill(long now) {
        isCooling = isCooling && coolsUntil - now > 0;
        return isCooling;
    }

    /** Why it is not to be asked for anything now; null if nothing speaks against it. */
    public @Nullable Exclusion against(long now) {
        if (isCordoned) {
            return Exclusion.CORDONED;
        }
        lock.lock();
        try {
            return state == NodeState.WRONG_CHAIN
                    ? Exclusion.WRONG_CHAIN
                    : coolsStill(now)
                            ? Exclusion.LIMITED
                            : !breaker.allows(now)
                                    ? Exclusion.BROKEN
                                    : state != NodeState.HEALTHY ? Exclusion.UNHEALTHY : null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it may be asked at all, be it as the last one. */
    public boolean mayBeAsked() {
        return !isCordoned && state() != NodeState.WRONG_CHAIN;
    }

    /** An operator takes it out of use, or puts it back. */
    public void cordon(boolean out) {
        isCordoned = out;
    }

    public boolean isCordoned() {
        return isCordoned;
    }

    /** Its newest block; the other number if it has told of none. */
    public long headOr(long other) {
        lock.lock();
        try {
            return head < 0 ? other : head;
        } finally {
            lock.unlock();
        }
    }

    public void ended() {
        inFlight.decrementAndGet();
    }

    public URI url() {
        return url;
    }

    public Tier tier() {
        return tier;
    }

    public NodeState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    public String lastError() {
        lock.lock();
        try {
            return lastError == null ? "" : lastError;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it must name its chain before it gets a call: it has been away, and may have come back as another. */
    public boolean isSuspect() {
        lock.lock();
        try {
            return suspect || state != NodeState.HEALTHY;
        } finally {
            lock.unlock();
        }
    }

    /** It has named its chain, and it is the right one. That alone does not make it healthy, nor forget its failures. */
    public void verified() {
        lock.lock();
        try {
            suspect = false;
        } finally {
            lock.unlock();
        }
    }

    public int failuresInARow() {
        lock.lock();
        try {
            return failuresInARow;
        } finally {
            lock.unlock();
        }
    }

    /** A call was served. Does not make an unhealthy node healthy: only a check does, since it knows the chain. */
    public void served(long tookNanos, long now) {
        requests.increment();
        latencies.answered(tookNanos, now);
        lock.lock();
        try {
            failuresInARow = state == NodeState.HEALTHY ? 0 : failuresInARow;
            breaker.served();
        } finally {
            lock.unlock();
        }
    }

    /** It was not waited for any longer: its answer would have taken at least so long. */
    public void gaveUp(long waitedNanos, long now) {
        latencies.tookAtLeast(waitedNanos, now);
    }

    /** A call was not served; the state before, and after. */
    public Change failedCall(String cause, boolean toBlame, long now) {
        if (toBlame) {
            lock.lock();
            try {
                breaker.failed(now);
            } finally {
                lock.unlock();
            }
        }
        return failed(cause, toBlame);
    }

    /** A call or a check was not served; the state before, and after. */
    public Change failed(String cause, boolean toBlame) {
        requests.increment();
        errors.increment();
        lock.lock();
        try {
            NodeState before = state;
            suspect |= toBlame;
            if (toBlame) {
                latencies.failed();
            }
            lastError = cause;
            if (toBlame && ++failuresInARow >= unhealthyAfter && state != NodeState.WRONG_CHAIN) {
                state = NodeState.UNHEALTHY;
            }
            return new Change(before, state, cause);
        } finally {
            lock.unlock();
        }
    }

    /** A check was answered by a node of the right chain. */
    public Change healthy(long newHead, Duration took, Instant at, long now) {
        requests.increment();
        latencies.answered(took.toNanos() / CALLS_OF_A_CHECK, now);
        lock.lock();
        try {
            NodeState before = state;
            state = NodeState.HEALTHY;
            suspect = false;
            failuresInARow = 0;
            head = newHead;
            latency = took;
            lastCheck = at;
            return new Change(before, state, "answers");
        } finally {
            lock.unlock();
        }
    }

    public Change wrongChain(String cause, Instant at) {
        requests.increment();
        errors.increment();
        lock.lock();
        try {
            NodeState before = state;
            state = NodeState.WRONG_CHAIN;
            lastCheck = at;
            lastError = cause;
            return new Change(before, state, cause);
        } finally {
            lock.unlock();
        }
    }

    public void checked(Instant at) {
        lock.lock();
        try {
            lastCheck = at;
        } finally {
            lock.unlock();
        }
    }

    public NodeStatus status() {
        lock.lock();
        try {
            return new NodeStatus(
                    name,
                    tier,
                    state,
                    head < 0 ? OptionalLong.empty() : OptionalLong.of(head),
                    Optional.ofNullable(latency),
                    requests.sum(),
                    errors.sum(),
                    Optional.ofNullable(lastCheck),
                    Optional.ofNullable(lastError),
                    breaker.isOpen());
        } finally {
            lock.unlock();
        }
    }

    /** A state before and after. */
    public record Change(NodeState before, NodeState after, String cause) {
        boolean isOne() {
            return before != after;
        }
    }

    /** For people: the name, never the URL. */
    @Override
    public String toString() {
        return name;
    }
}
