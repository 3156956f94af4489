package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.internal.transport.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Asks each node for its newest block between two checks: once in the time of a block, while the pool is in use and has more than one node; a
 * single one only if somebody {@linkplain #keepUp relies} on it, a cache for instance, or if it goes back; and always while somebody waits for heads
 * who has no other way to hear of them. So a node that falls behind is found within two blocks or so.
 */
public final class HeadPolls implements HeadLook {

    private static final long SHORTEST = Duration.ofMillis(500).toNanos();
    private static final long UNKNOWN_BLOCK_TIME = Duration.ofSeconds(2).toNanos();
    private static final long IN_USE = Duration.ofSeconds(10).toNanos();
    private static final long MOMENT = Duration.ofMillis(5).toNanos();
    private static final long COARSE = Duration.ofSeconds(1).toNanos();

    private final Nodes nodes;
    private final boolean byHash;
    private final ChainView view;
    private final HealthChecks checks;
    private final HeadFeed feed;
    private final Timer timer;
    private final Optional<Duration> period;
    private final long checkEvery;
    private final LongSupplier nanoTicker;
    private final AtomicInteger asking = new AtomicInteger();
    private volatile long usedAt;
    private volatile long neededAt;
    private volatile boolean wasNeeded;
    private volatile boolean closed;

    /**
     * With the time between two polls; zero for none; empty for the chain's block time. And with whether somebody needs the hashes of heads, even
     * if there is one node.
     */
    public HeadPolls(
            Nodes nodes,
            ChainView view,
            HealthChecks checks,
            HeadFeed feed,
            Timer timer,
            Optional<Duration> period,
            Duration checkEvery,
            boolean byHash,
            LongSupplier nanoTicker) {
        this.nodes = nodes;
        this.byHash = byHash;
        this.view = view;
        this.checks = checks;
        this.feed = feed;
        this.timer = timer;
        this.period = period;
        this.checkEvery = checkEvery.toNanos();
        this.nanoTicker = nanoTicker;
    }

    public void open() {
        usedAt = nanoTicker.getAsLong();
        if (!isOff()) {
            plan();
        }
    }

    private boolean isOff() {
        return checkEvery <= SHORTEST || period.filter(Duration::isZero).isPresent();
    }

    public void close() {
        closed = true;
    }

    /** A caller wants something. */
    public void used(long now) {
        if (now - usedAt > COARSE) {
            usedAt = now;
        }
    }

    /** How long nothing may have been heard of heads while they are asked for: until the next answer is late. */
    public long silenceNanos() {
        long every = isOff() ? checkEvery : interval();
        return every + every / 2;
    }

    /** There is a new head, somebody says. */
    public void headTold() {
        long now = nanoTicker.getAsLong();
        if (isInUse(now)) {
            askAll(now, MOMENT);
        }
    }

    @Override
    public void hurry() {
        askAll(nanoTicker.getAsLong(), MOMENT);
    }

    @Override
    public void doubt() {
        askAll(nanoTicker.getAsLong(), 0);
    }

    @Override
    public boolean isAsking() {
        return asking.get() > 0;
    }

    private void plan() {
        if (!closed) {
            timer.after(Duration.ofNanos(interval()), this::poll);
        }
    }

    /** The checks ask for the newest block as well, so they are often enough for a slow chain. */
    private long interval() {
        long blockTime = view.blockTimeNanos();
        long wanted = period.map(Duration::toNanos)
                .orElse(Math.max(SHORTEST, blockTime == 0 ? UNKNOWN_BLOCK_TIME : blockTime));
        return Math.min(wanted, checkEvery);
    }

    private void poll() {
        plan();
        long now = nanoTicker.getAsLong();
        boolean isUseful = isInUse(now) && (nodes.all().size() > 1 || isNeeded(now));
        if (isUseful || feed.needsPolls()) {
            askAll(now, byHash ? MOMENT : interval() / 2);
        }
    }

    @Override
    public boolean keepUp() {
        long now = nanoTicker.getAsLong();
        if (!wasNeeded || now - neededAt > COARSE) {
            neededAt = now;
            wasNeeded = true;
        }
        long late = silenceNanos();
        boolean isLate = nodes.all().stream().allMatch(node -> now - toldAt(node.progress()) >= late);
        if (isLate && !isOff()) {
            askAll(now, late);
        }
        return isLate && isAsking();
    }

    private boolean isInUse(long now) {
        return now - usedAt <= IN_USE + COARSE;
    }

    private boolean isNeeded(long now) {
        return byHash || (wasNeeded && now - neededAt <= IN_USE + COARSE) || view.nodesDiffer();
    }

    private void ask(Node node) {
        try {
            checks.askHead(node);
        } finally {
            asking.decrementAndGet();
        }
    }

    /** All whose last word is not fresh. */
    private void askAll(long now, long fresh) {
        for (Node node : nodes.all()) {
            if (node.answers() && now - toldAt(node.progress()) >= fresh) {
                asking.incrementAndGet();
                timer.after(Duration.ZERO, () -> ask(node));
            }
        }
    }

    private long toldAt(NodeHead head) {
        return byHash && head.named() != null ? head.namedAt() : head.toldAt();
    }
}
