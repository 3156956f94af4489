package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.NodeStatus;
import dev.tocsin.rpcpool.RateLimit;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.SelectionStrategy;
import dev.tocsin.rpcpool.Tier;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.CoolDown;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A node and what is known of it. Safe for use by many threads. */
public final class Node implements SelectionStrategy.Candidate {

    private final String name;
    private final URI url;
    private final Tier tier;
    private final RateBudget budget;
    private final Bulkhead bulkhead;
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean isCordoned;
    private volatile boolean isGone;
    private final PeakLatency latencies = new PeakLatency();
    private final Set<RpcCall> notOffered = ConcurrentHashMap.newKeySet();
    private volatile String client = "";
    private final Slowness slowness = new Slowness();
    private final ReentrantLock lock = new ReentrantLock(); // guards what says so
    private final NodeHead head = new NodeHead();
    private volatile NodeState state = NodeState.UNKNOWN; // written under lock
    private final Breaker breaker = new Breaker(); // guarded by lock
    private final Cooling cooling = new Cooling(); // guarded by lock
    private final Cooling told = new Cooling(); // guarded by lock; the part of it that the node has asked for
    private volatile boolean hasTold; // for those who need not look
    private final Standing standing; // guarded by lock
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
        this.standing = new Standing(unhealthyAfter);
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
        long number = head.number();
        return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }

    @Override
    public double latencyMillis() {
        return latencies.millis();
    }

    @Override
    public double meanMillis() {
        return latencies.meanMillis();
    }

    /** How it compares with the others. */
    public Slowness slowness() {
        return slowness;
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

    /** A copy of a call is about to be sent that nobody waits for. */
    public void tries() {
        lock.lock();
        try {
            breaker.tries();
        } finally {
            lock.unlock();
        }
    }

    /** It limits us: it is left alone for a time. */
    public void coolDown(CoolDown coolDown, long now) {
        budget.pause(now, coolDown.time());
        lock.lock();
        try {
            cooling.begin(coolDown.time(), now);
            told.begin(coolDown.told(), now);
            hasTold |= coolDown.told().isPositive();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is left alone because it limits us. */
    public boolean cools(long now) {
        lock.lock();
        try {
            return cooling.lasts(now);
        } finally {
            lock.unlock();
        }
    }

    /** For how long it has told us not to ask it, not even as the last one; 0 if it may be. */
    public long awayNanos(long now) {
        if (!hasTold) {
            return 0;
        }
        lock.lock();
        try {
            return told.left(now);
        } finally {
            lock.unlock();
        }
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
                    : cooling.lasts(now)
                            ? Exclusion.LIMITED
                            : breaker.allows(now) ? exclusion(state) : Exclusion.BROKEN;
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable Exclusion exclusion(NodeState state) {
        return switch (state) {
            case HEALTHY -> null;
            case BEHIND -> Exclusion.BEHIND;
            case SYNCING -> Exclusion.SYNCING;
            case UNKNOWN -> Exclusion.UNCHECKED;
            case UNHEALTHY -> Exclusion.UNHEALTHY;
            case WRONG_CHAIN -> Exclusion.WRONG_CHAIN;
        };
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

    /** It belongs to the pool no more. */
    void leave() {
        isGone = true;
    }

    /** Whether it belongs to the pool no more: attempts that still run are the last, and nothing is to be kept of it. */
    public boolean isGone() {
        return isGone;
    }

    /** Its newest block; the other number if it has told of none. */
    public long headOr(long other) {
        long number = head.number();
        return number < 0 ? other : number;
    }

    /** How far it has come. */
    NodeHead progress() {
        return head;
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
        return state;
    }

    /** Whether it answers and serves the chain, be it that it lacks the newest blocks. */
    boolean answers() {
        return switch (state) {
            case HEALTHY, BEHIND, SYNCING -> true;
            case UNKNOWN, UNHEALTHY, WRONG_CHAIN -> false;
        };
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
            return standing.isSuspect();
        } finally {
            lock.unlock();
        }
    }

    /** It has been away for a moment, which counts for nothing but that it must name its chain. */
    void suspected() {
        lock.lock();
        try {
            standing.suspected();
        } finally {
            lock.unlock();
        }
    }

    /** It has named its chain, and it is the right one. That alone does not make it healthy, nor forget its failures. */
    public void verified() {
        lock.lock();
        try {
            standing.verified();
        } finally {
            lock.unlock();
        }
    }

    public int failuresInARow() {
        lock.lock();
        try {
            return standing.failuresInARow();
        } finally {
            lock.unlock();
        }
    }

    /** A call was served. Does not make an unhealthy node healthy: only a check does, since it knows the chain. */
    public void served(long tookNanos, long now) {
        requests.increment();
        latencies.served(tookNanos, now);
        lock.lock();
        try {
            standing.served();
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
    public Change failedCall(NodeFailure failure, long now) {
        if (failure.tripsBreaker()) {
            lock.lock();
            try {
                breaker.failed(now);
            } finally {
                lock.unlock();
            }
        }
        return failed(failure);
    }

    /** A call or a check was not served; the state before, and after. */
    public Change failed(NodeFailure failure) {
        requests.increment();
        errors.increment();
        if (failure.blamesNode()) {
            latencies.failed();
        }
        return change(failure.reason(), () -> {
            lastError = failure.reason();
            if (failure.blamesNode()) {
                standing.failed();
            }
            if (failure.takesOut()) {
                takeOut(failure.errorClass());
            }
        });
    }

    /** Under the lock. */
    private void takeOut(@Nullable ErrorClass error) {
        if (error == ErrorClass.NODE_SYNCING) {
            standing.syncing();
        } else {
            standing.lost();
        }
    }

    /** A check was answered by a node of the right chain. */
    public Change healthy(boolean saysItSyncs, Duration took, Instant at, long now) {
        requests.increment();
        latencies.answered(took.toNanos(), now);
        return change("", () -> {
            standing.answers(saysItSyncs);
            latency = took;
            lastCheck = at;
        });
    }

    public Change wrongChain(String cause, Instant at) {
        requests.increment();
        errors.increment();
        return change(cause, () -> {
            standing.wrongChain();
            lastCheck = at;
            lastError = cause;
        });
    }

    /** Why it is behind the others; null if it is not. */
    Change behind(@Nullable String cause) {
        return change("", () -> standing.behind(cause));
    }

    /** What happens under the lock; with the state before and after. Without a cause, the state tells it. */
    private Change change(String cause, Runnable event) {
        lock.lock();
        try {
            NodeState before = state;
            event.run();
            state = standing.state();
            return new Change(before, state, cause.isEmpty() ? standing.cause() : cause);
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

    /** What it runs on, by its own word; empty if it has not said. */
    public Optional<String> client() {
        String said = client;
        return said.isEmpty() ? Optional.empty() : Optional.of(said);
    }

    void runs(String said) {
        client = said;
    }

    /** Whether it has not said that it does not offer what checks would like to ask for. */
    boolean offers(RpcCall call) {
        return !notOffered.contains(call);
    }

    void doesNotOffer(RpcCall call) {
        notOffered.add(call);
    }

    /** It may be another now: everything is asked for again. */
    void forgetOffers() {
        notOffered.clear();
    }

    /**
     * As it is now.
     *
     * @param tip the newest block that most nodes have; -1 if nobody knows
     * @param against why it is not asked; null if nothing speaks against it
     */
    public NodeStatus status(long tip, @Nullable Exclusion against) {
        double millis = latencyMillis();
        lock.lock();
        try {
            return new NodeStatus(
                    name,
                    tier,
                    state,
                    Optional.ofNullable(against),
                    head(),
                    head.number() < 0 || tip < 0
                            ? OptionalLong.empty()
                            : OptionalLong.of(Math.max(0, tip - head.number())),
                    head.finalized() < 0 ? OptionalLong.empty() : OptionalLong.of(head.finalized()),
                    millis > 0 ? Optional.of(Duration.ofNanos((long) (millis * 1_000_000))) : Optional.empty(),
                    Optional.ofNullable(latency),
                    inFlight(),
                    successRate(),
                    requests.sum(),
                    errors.sum(),
                    Optional.ofNullable(lastCheck),
                    Optional.ofNullable(lastError),
                    breaker.isOpen(),
                    isCordoned,
                    client());
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
