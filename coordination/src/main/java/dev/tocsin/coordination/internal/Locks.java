package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.CoordinationException;
import dev.tocsin.coordination.Lease;
import dev.tocsin.coordination.LeaseUnavailableException;
import dev.tocsin.coordination.LockService;
import dev.tocsin.coordination.Wait;
import dev.tocsin.coordination.internal.LeaseStore.Grant;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Acquires leases, and knows those that are held. */
final class Locks implements LockService {
    private final Engine engine;
    private final Set<HeldLease> held = ConcurrentHashMap.newKeySet();
    private final Set<Semaphore> waiters = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Locks(Engine engine) {
        this.engine = engine;
    }

    @Override
    public Optional<Lease> tryAcquire(String name, Duration ttl) {
        check(name, ttl);
        var attempt = new Acquisition(name, ttl, true);
        return switch (attempt.tryOnce()) {
            case Acquired(HeldLease lease) -> Optional.of(lease);
            case Refused ignored -> Optional.empty();
            case Failed(CoordinationException cause) -> {
                attempt.giveUp();
                throw cause;
            }
        };
    }

    @Override
    public Lease acquire(String name, Duration ttl, Wait wait) throws InterruptedException {
        check(name, ttl);
        long giveUpNanos = engine.scheduler().nanoTime() + wait.atMost().toNanos();
        var attempt = new Acquisition(name, ttl, true);
        var wake = new Semaphore(0);
        HeldLease lease = null;
        waiters.add(wake);
        LeaseStore.Watch watch = engine.store().watch(name, wake::release);
        try {
            while (lease == null) {
                lease = attemptOrSleep(attempt, wake, giveUpNanos, wait);
            }
            return lease;
        } finally {
            watch.close();
            waiters.remove(wake);
            if (lease == null) {
                attempt.giveUp();
            }
        }
    }

    private @Nullable HeldLease attemptOrSleep(Acquisition attempt, Semaphore wake, long giveUpNanos, Wait wait)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        wake.drainPermits(); // before looking whether we are open: close() leaves a permit
        requireOpen();
        Attempt outcome = attempt.tryOnce();
        long now = engine.scheduler().nanoTime();
        boolean timeIsUp = now - giveUpNanos >= 0;
        long next;
        switch (outcome) {
            case Acquired(HeldLease lease) -> {
                return lease;
            }
            case Refused(Duration remaining, String holder) -> {
                if (timeIsUp) {
                    throw new LeaseUnavailableException(attempt.name, holder, wait.atMost());
                }
                next = engine.nextLook(now, remaining);
            }
            case Failed(CoordinationException cause) -> {
                if (timeIsUp) {
                    throw cause;
                }
                next = engine.nextRetry(now);
            }
        }
        sleep(wake, next - giveUpNanos < 0 ? next : giveUpNanos);
        return null;
    }

    private void sleep(Semaphore wake, long untilNanos) throws InterruptedException {
        Scheduler.Task alarm = engine.scheduler().at(untilNanos, "waiter", wake::release);
        try {
            wake.acquire();
        } finally {
            alarm.cancel();
        }
    }

    private void check(String name, Duration ttl) {
        Names.check("name", name);
        engine.timing().check(ttl);
        requireOpen();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("coordination has been closed");
        }
    }

    /** The attempts of a candidate, which releases what it gets itself. */
    Acquisition acquisition(String name, Duration ttl) {
        return new Acquisition(name, ttl, false);
    }

    void close() {
        closed = true;
        waiters.forEach(Semaphore::release);
        held.forEach(HeldLease::release);
    }

    sealed interface Attempt {}

    record Acquired(HeldLease lease) implements Attempt {}

    record Refused(Duration remaining, String holder) implements Attempt {}

    record Failed(CoordinationException cause) implements Attempt {}

    /** Attempts under one id until it is granted, for one thread at a time: what a lost answer granted, the next attempt finds again. */
    final class Acquisition {
        private final String name;
        private final Duration ttl;
        private final boolean releasedOnClose;
        private long beganNanos = engine.scheduler().nanoTime();
        private String id = Engine.newId();
        private boolean unanswered;

        private Acquisition(String name, Duration ttl, boolean releasedOnClose) {
            this.name = name;
            this.ttl = ttl;
            this.releasedOnClose = releasedOnClose;
        }

        Attempt tryOnce() {
            long sentNanos = engine.scheduler().nanoTime();
            try {
                Grant grant = engine.store().acquire(name, id, ttl, engine.label());
                unanswered = false;
                return switch (grant) {
                    case Grant.Granted(long token) -> granted(token, sentNanos);
                    case Grant.Held(Duration remaining, String holder) -> {
                        engine.listener().tell(l -> l.onHeldByAnother(name, holder));
                        yield new Refused(remaining, holder);
                    }
                    case Grant.Spent() -> {
                        id = Engine.newId();
                        yield new Refused(Duration.ZERO, engine.label());
                    }
                };
            } catch (RuntimeException e) {
                unanswered = true;
                engine.listener().tell(l -> l.onAcquireFailed(name, e));
                return new Failed(e instanceof CoordinationException known ? known : unexpected(e));
            }
        }

        private Attempt granted(long token, long sentNanos) {
            var lease =
                    new HeldLease(engine, name, id, token, ttl, sentNanos, releasedOnClose ? held::remove : l -> {});
            id = Engine.newId();
            if (releasedOnClose) {
                held.add(lease);
            }
            long nowNanos = engine.scheduler().nanoTime();
            Duration took = Duration.ofNanos(nowNanos - beganNanos);
            beganNanos = nowNanos;
            engine.listener().tell(l -> l.onAcquired(name, token, took));
            lease.start(sentNanos);
            if (!lease.isValid() || closed) {
                lease.release();
                return new Failed(new CoordinationException(
                        "lease " + name
                                + " was granted, but the answer came after its local deadline; it was given back",
                        null));
            }
            return new Acquired(lease);
        }

        private CoordinationException unexpected(RuntimeException e) {
            return new CoordinationException(
                    "the store failed to acquire lease " + name + "; it may or may not be held", e);
        }

        /** Gives back what an unanswered attempt may have been granted. */
        void giveUp() {
            if (unanswered) {
                unanswered = false;
                new Release(engine, name, id, ttl).later();
                id = Engine.newId();
            }
        }
    }
}
