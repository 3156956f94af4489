package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.CoolDown;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node is well: its state, its breaker, and how long it is left alone because it limits us. Safe for use by many threads; what
 * belongs together is read and changed under one lock, under which nothing is waited for and nobody called.
 */
public final class Health {

    private final ReentrantLock lock = new ReentrantLock(); // guards what says so
    private final Standing standing; // guarded by lock
    private final Breaker breaker = new Breaker(); // guarded by lock
    private final Cooling cooling = new Cooling(); // guarded by lock
    private final Cooling told = new Cooling(); // guarded by lock; the part of it that the node has asked for
    private volatile boolean hasTold; // for those who need not look
    private volatile NodeState state = NodeState.UNKNOWN; // written under lock
    private @Nullable Duration latency; // guarded by lock
    private @Nullable Instant lastCheck; // guarded by lock
    private @Nullable String lastError; // guarded by lock

    Health(int unhealthyAfter) {
        standing = new Standing(unhealthyAfter);
    }

    NodeState state() {
        return state;
    }

    /** Why it is not to be asked for anything now; null if nothing speaks against it. */
    @Nullable Exclusion against(long now) {
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

    void began(long now) {
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

    void coolDown(CoolDown coolDown, long now) {
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
    boolean cools(long now) {
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

    /** Why it last failed; empty if it never has. */
    public String lastError() {
        lock.lock();
        try {
            return lastError == null ? "" : lastError;
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
    void verified() {
        lock.lock();
        try {
            standing.verified();
        } finally {
            lock.unlock();
        }
    }

    /** A call was served. Does not make an unhealthy node healthy: only a check does, since it knows the chain. */
    void served() {
        lock.lock();
        try {
            standing.served();
            breaker.served();
        } finally {
            lock.unlock();
        }
    }

    /** A call failed in a way that says the node is broken. */
    void tripped(long now) {
        lock.lock();
        try {
            breaker.failed(now);
        } finally {
            lock.unlock();
        }
    }

    /** A call or a check was not served. */
    Change failed(NodeFailure failure) {
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
    Change healthy(boolean saysItSyncs, Duration took, Instant at) {
        return change("", () -> {
            standing.answers(saysItSyncs);
            latency = took;
            lastCheck = at;
        });
    }

    Change wrongChain(String cause, Instant at) {
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

    void checked(Instant at) {
        lock.lock();
        try {
            lastCheck = at;
        } finally {
            lock.unlock();
        }
    }

    /** As it is now. */
    Snapshot snapshot() {
        lock.lock();
        try {
            return new Snapshot(
                    state,
                    Optional.ofNullable(latency),
                    Optional.ofNullable(lastCheck),
                    Optional.ofNullable(lastError),
                    breaker.isOpen());
        } finally {
            lock.unlock();
        }
    }

    /** What people are told of it, of one moment. */
    record Snapshot(
            NodeState state,
            Optional<Duration> latency,
            Optional<Instant> lastCheck,
            Optional<String> lastError,
            boolean isBroken) {}

    /** A state before and after. */
    public record Change(NodeState before, NodeState after, String cause) {
        boolean isOne() {
            return before != after;
        }
    }
}
