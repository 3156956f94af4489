package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.NodeStatus;
import dev.tocsin.rpcpool.RateLimit;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.SelectionStrategy;
import dev.tocsin.rpcpool.Tier;
import dev.tocsin.rpcpool.internal.transport.CoolDown;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A node and what is known of it. Safe for use by many threads. */
public final class Node implements SelectionStrategy.Candidate {

    private final String name;
    private final URI url;
    private final Tier tier;
    private final boolean isArchive;
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
    private final NodeHead head = new NodeHead();
    private final Health health;

    /** A node of which no limits are known. */
    public Node(String name, URI url, Tier tier, int unhealthyAfter) {
        this(name, url, tier, false, unhealthyAfter, new RateBudget(RateLimit.NONE), new Bulkhead(Integer.MAX_VALUE));
    }

    public Node(
            String name,
            URI url,
            Tier tier,
            boolean isArchive,
            int unhealthyAfter,
            RateBudget budget,
            Bulkhead bulkhead) {
        this.name = name;
        this.budget = budget;
        this.bulkhead = bulkhead;
        this.url = url;
        this.tier = tier;
        this.isArchive = isArchive;
        this.health = new Health(unhealthyAfter);
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

    /** Whether it is well. */
    public Health health() {
        return health;
    }

    public void began(long now) {
        inFlight.incrementAndGet();
        health.began(now);
    }

    /** It limits us: it is left alone for a time. */
    public void coolDown(CoolDown coolDown, long now) {
        budget.pause(now, coolDown.time());
        health.coolDown(coolDown, now);
    }

    /** Why it is not to be asked for anything now; null if nothing speaks against it. */
    public @Nullable Exclusion against(long now) {
        return isCordoned ? Exclusion.CORDONED : health.against(now);
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

    /** Whether it has every state since the first block, by the operator's word. */
    public boolean isArchive() {
        return isArchive;
    }

    public NodeState state() {
        return health.state();
    }

    /** Whether it answers and serves the chain, be it that it lacks the newest blocks. */
    boolean answers() {
        return switch (state()) {
            case HEALTHY, BEHIND, SYNCING -> true;
            case UNKNOWN, UNHEALTHY, WRONG_CHAIN -> false;
        };
    }

    /** A call was served. Does not make an unhealthy node healthy: only a check does, since it knows the chain. */
    public void served(long tookNanos, long now) {
        requests.increment();
        latencies.served(tookNanos, now);
        health.served();
    }

    /** It was not waited for any longer: its answer would have taken at least so long. */
    public void gaveUp(long waitedNanos, long now) {
        latencies.tookAtLeast(waitedNanos, now);
    }

    /** A call was not served; the state before, and after. */
    public Health.Change failedCall(NodeFailure failure, long now) {
        if (failure.tripsBreaker()) {
            health.tripped(now);
        }
        return failed(failure);
    }

    /** A call or a check was not served; the state before, and after. */
    public Health.Change failed(NodeFailure failure) {
        requests.increment();
        errors.increment();
        if (failure.blamesNode()) {
            latencies.failed();
        }
        return health.failed(failure);
    }

    /** A check was answered by a node of the right chain. */
    public Health.Change healthy(boolean saysItSyncs, Duration took, Instant at, long now) {
        requests.increment();
        latencies.answered(took.toNanos(), now);
        return health.healthy(saysItSyncs, took, at);
    }

    public Health.Change wrongChain(String cause, Instant at) {
        requests.increment();
        errors.increment();
        return health.wrongChain(cause, at);
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
        Health.Snapshot now = health.snapshot();
        return new NodeStatus(
                name,
                tier,
                now.state(),
                Optional.ofNullable(against),
                head(),
                head.number() < 0 || tip < 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(0, tip - head.number())),
                head.finalized() < 0 ? OptionalLong.empty() : OptionalLong.of(head.finalized()),
                millis > 0 ? Optional.of(Duration.ofNanos((long) (millis * 1_000_000))) : Optional.empty(),
                now.latency(),
                inFlight(),
                latencies.hasAnswered() ? OptionalDouble.of(successRate()) : OptionalDouble.empty(),
                requests.sum(),
                errors.sum(),
                now.lastCheck(),
                now.lastError(),
                now.isBroken(),
                isCordoned,
                client());
    }

    /** For people: the name, never the URL. */
    @Override
    public String toString() {
        return name;
    }
}
