package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.CoordinationException;
import dev.tocsin.coordination.EndReason;
import dev.tocsin.coordination.LeaderElection;
import dev.tocsin.coordination.Leadership;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A candidate in an election.
 *
 * <h2>Steps</h2>
 *
 * Everything a candidate does is a step of one serial queue: look (try to acquire), begin a term (callback), end it
 * (callback), resign. A step decides what comes next by looking at the state when it runs, not when it was asked for, so a
 * term that is lost and resigned at once is ended once. Callbacks therefore alternate by construction.
 *
 * <h2>What runs beside the steps</h2>
 *
 * Renewal and the watch over the deadline belong to the term's lease and have threads of their own: a callback that never
 * returns stops neither. The loss of the lease interrupts {@code onElected} if it is still running, and adds the step
 * that ends the term.
 */
final class Candidate implements LeaderElection {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    /** What a candidate was told by its builder. */
    record Settings(String name, Duration ttl, Duration drainWithin, Elected elected, Revoked revoked) {}

    private final Engine engine;
    private final Settings settings;
    private final Consumer<Candidate> gone;
    private final Locks.Acquisition acquisition; // used by steps only
    private final SerialCallbacks steps;
    private final LeaseStore.Watch watch;
    private final AtomicReference<Leadership> leadership;
    private final CompletableFuture<Void> left = new CompletableFuture<>();
    private final AtomicBoolean lookAsked = new AtomicBoolean();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock(); // guards nextLook, inCallback, beginning
    private Scheduler.@Nullable Task nextLook; // guarded by lock
    private @Nullable Thread inCallback; // guarded by lock; the thread that runs a user's callback
    private @Nullable HeldLease beginning; // guarded by lock; the lease whose onElected is running
    private @Nullable HeldLease term; // used by steps only; the lease whose term has begun and not ended
    private long notBeforeNanos; // used by steps only
    private volatile String seen = "";
    private volatile boolean overdue;
    private volatile Scheduler.@Nullable Task drain;

    Candidate(Engine engine, Locks locks, Settings settings, Consumer<Candidate> gone) {
        this.gone = gone;
        this.engine = engine;
        this.settings = settings;
        this.acquisition = locks.acquisition(settings.name(), settings.ttl());
        this.steps = new SerialCallbacks(engine.scheduler());
        this.notBeforeNanos = engine.scheduler().nanoTime();
        this.leadership = new AtomicReference<>(new NoTerm(settings.name()));
        this.watch = engine.store().watch(settings.name(), this::lookSoon);
    }

    /** Tells whether it stands no more. */
    boolean isGone() {
        return left.isDone();
    }

    void stand() {
        lookSoon();
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public Leadership leadership() {
        return leadership.get();
    }

    @Override
    public Optional<String> lastSeenLeader() {
        return Optional.of(seen).filter(label -> !label.isEmpty());
    }

    private void lookSoon() {
        if (!closing.get() && lookAsked.compareAndSet(false, true)) {
            steps.add(this::look);
        }
    }

    private void lookAt(long dueNanos) {
        lock.lock();
        try {
            cancel(nextLook);
            nextLook = closing.get() ? null : engine.scheduler().at(dueNanos, "candidate", this::lookSoon);
        } finally {
            lock.unlock();
        }
    }

    private static void cancel(Scheduler.@Nullable Task task) {
        if (task != null) {
            task.cancel();
        }
    }

    private void look() {
        lookAsked.set(false);
        if (closing.get() || term != null) {
            return;
        }
        long now = engine.scheduler().nanoTime();
        if (notBeforeNanos - now > 0) {
            lookAt(notBeforeNanos);
            return;
        }
        switch (acquisition.tryOnce()) {
            case Locks.Acquired(HeldLease lease) -> begin(lease);
            case Locks.Refused(Duration remaining, String holder) -> {
                seen = holder;
                lookAt(engine.nextLook(engine.scheduler().nanoTime(), remaining));
            }
            case Locks.Failed(CoordinationException cause) -> {
                LOG.debug("Election not answered, trying again. election={}", settings.name(), cause);
                lookAt(engine.nextRetry(engine.scheduler().nanoTime()));
            }
        }
    }

    private void begin(HeldLease lease) {
        if (closing.get()) {
            lease.release();
            return;
        }
        term = lease;
        seen = engine.label();
        leadership.set(new Term(lease));
        engine.listener().tell(l -> l.onElected(settings.name(), lease.token()));
        enter(lease);
        try {
            lease.onLost(reason -> lost(lease, reason));
            settings.elected().elected(lease.token());
        } catch (Throwable e) {
            leave();
            if (lease.isValid() && !overdue) {
                callbackFailed(lease, e);
                notBeforeNanos = engine.scheduler().nanoTime() + settings.ttl().toNanos();
                end(lease, EndReason.FAILED);
            }
        } finally {
            leave();
        }
    }

    private void lost(HeldLease lease, EndReason reason) {
        lock.lock();
        try {
            if (beginning == lease && inCallback != null) {
                inCallback.interrupt();
            }
        } finally {
            lock.unlock();
        }
        steps.add(() -> end(lease, reason));
    }

    private void end(HeldLease lease, EndReason reason) {
        if (term != lease) {
            return;
        }
        engine.listener().tell(l -> l.onRevoked(settings.name(), lease.token(), reason));
        enter(null);
        try {
            settings.revoked().revoked(lease.token(), reason);
        } catch (Throwable e) {
            leave();
            callbackFailed(lease, e);
        } finally {
            leave();
        }
        term = null;
        if (overdue) {
            lease.abandon();
        } else {
            lease.release();
        }
        lookSoon();
    }

    private void enter(@Nullable HeldLease lease) {
        lock.lock();
        try {
            inCallback = Thread.currentThread();
            beginning = lease;
        } finally {
            lock.unlock();
        }
    }

    /** From here on nobody interrupts this thread for the callback's sake, and what came too late is forgotten. */
    private void leave() {
        lock.lock();
        try {
            inCallback = null;
            beginning = null;
            Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    private void callbackFailed(HeldLease lease, Throwable cause) {
        LOG.warn("Election callback threw. election={} term={}", settings.name(), lease.token(), cause);
        engine.listener().tell(l -> l.onCallbackFailed(settings.name(), lease.token(), cause));
    }

    @Override
    public void close() {
        resign();
        if (!steps.isCurrent()) {
            left.join();
        }
    }

    /** Begins to resign; {@link #close()} waits for the end of it. */
    void resign() {
        if (closing.compareAndSet(false, true)) {
            watch.close();
            lock.lock();
            try {
                cancel(nextLook);
            } finally {
                lock.unlock();
            }
            long due = engine.scheduler().nanoTime() + settings.drainWithin().toNanos();
            drain = engine.scheduler().at(due, "drain", this::drainIsOver);
            steps.add(this::withdraw);
        }
    }

    private void withdraw() {
        try {
            if (term != null) {
                end(term, EndReason.RELEASED);
            }
            acquisition.giveUp();
        } finally {
            cancel(drain);
            gone();
        }
    }

    private void drainIsOver() {
        overdue = true;
        lock.lock();
        try {
            if (inCallback != null) {
                inCallback.interrupt();
            }
        } finally {
            lock.unlock();
        }
        if (leadership.get() instanceof Term(HeldLease lease) && lease.isValid()) {
            lease.abandon();
            LOG.warn(
                    "Leader did not stop within the drain time; its lease is left to run out. election={} term={} drain={}",
                    settings.name(),
                    lease.token(),
                    settings.drainWithin());
            var cause = new CoordinationException("callback did not end within " + settings.drainWithin(), null);
            engine.listener().tell(l -> l.onCallbackFailed(settings.name(), lease.token(), cause));
        }
        gone();
    }

    private void gone() {
        left.complete(null);
        gone.accept(this);
    }
}
