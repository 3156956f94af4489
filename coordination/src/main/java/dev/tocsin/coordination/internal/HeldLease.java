package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.EndReason;
import dev.tocsin.coordination.Lease;
import dev.tocsin.coordination.LeaseLostException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A granted lease. The hard class of this module.
 *
 * <h2>State</h2>
 *
 * One atomic reference: {@code Active(deadline)} or {@code Ended(reason)}, and never back. Only a renewal moves the
 * deadline, and only forward, and only while the old one lies ahead; whoever finds the deadline passed (a caller of
 * {@code isValid()}, the deadline task, the renewal) ends the lease by the same compare-and-set. So the answer
 * "no longer valid" is final for everyone as soon as one has heard it, and a renewal whose answer arrives after the
 * deadline, say after a pause of the process, revives nothing.
 *
 * <h2>Threads</h2>
 *
 * The renewal task sends the request and may hang in the client for as long as that likes. The deadline task does no I/O and only
 * watches the clock. The loss callback runs on a third thread. {@code isValid()} needs none of them.
 *
 * <h2>Late requests</h2>
 *
 * A renewal that is still under way when the lease is released may reach the store after the release; the store
 * refuses it, because it remembers the id that was released last (see {@link LeaseStore#release}).
 */
final class HeldLease implements Lease {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private sealed interface State {}

    private record Active(long deadlineNanos) implements State {}

    private record Ended(EndReason reason) implements State {}

    private final Engine engine;
    private final String name;
    private final String id;
    private final long token;
    private final Duration ttl;
    private final Consumer<HeldLease> ended;
    private final AtomicReference<State> state;
    private final AtomicReference<@Nullable Consumer<EndReason>> lost = new AtomicReference<>();
    private final AtomicBoolean released = new AtomicBoolean();
    private volatile Scheduler.@Nullable Task renewal;
    private volatile Scheduler.@Nullable Task deadline;

    /**
     * Creates it; {@link #start(long)} begins renewal.
     *
     * @param sentNanos the time just before the request was sent that was granted
     * @param ended told when this lease has ended, for whatever reason
     */
    HeldLease(
            Engine engine,
            String name,
            String id,
            long token,
            Duration ttl,
            long sentNanos,
            Consumer<HeldLease> ended) {
        this.engine = engine;
        this.name = name;
        this.id = id;
        this.token = token;
        this.ttl = ttl;
        this.ended = ended;
        this.state = new AtomicReference<>(new Active(Timing.deadline(sentNanos, ttl)));
    }

    void start(long sentNanos) {
        renewAt(sentNanos + Timing.renewAfter(ttl).toNanos());
        watchDeadline();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long token() {
        return token;
    }

    Duration ttl() {
        return ttl;
    }

    @Override
    public boolean isValid() {
        return remainingNanos() > 0;
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    private long remainingNanos() {
        while (state.get() instanceof Active active) {
            long remaining = active.deadlineNanos - engine.scheduler().nanoTime();
            if (remaining > 0) {
                return remaining;
            }
            end(active, EndReason.EXPIRED);
        }
        return 0;
    }

    @Override
    public void ensure(Duration atLeast) {
        if (atLeast.isNegative()) {
            throw new IllegalArgumentException("atLeast must not be negative, was " + atLeast);
        }
        Duration remaining = remaining();
        if (remaining.isZero() || remaining.compareTo(atLeast) < 0) {
            throw new LeaseLostException(name, remaining, atLeast);
        }
    }

    @Override
    public void onLost(Consumer<EndReason> callback) {
        Objects.requireNonNull(callback, "callback");
        lost.accumulateAndGet(callback, (before, added) -> before == null ? added : before.andThen(added));
        tellLoss();
    }

    /** Tells the callbacks that are registered, each once, if the lease has been lost. */
    private void tellLoss() {
        if (state.get() instanceof Ended(EndReason reason) && reason != EndReason.RELEASED) {
            Consumer<EndReason> callback = lost.getAndSet(null);
            if (callback != null) {
                engine.scheduler().at(engine.scheduler().nanoTime(), "lost", () -> {
                    try {
                        callback.accept(reason);
                    } catch (RuntimeException e) {
                        LOG.warn("Loss callback threw. lease={} token={} reason={}", name, token, reason, e);
                    }
                });
            }
        }
    }

    @Override
    public void release() {
        EndReason reason = endUnlessEnded(EndReason.RELEASED);
        if (reason != EndReason.TAKEN && released.compareAndSet(false, true)) {
            new Release(engine, name, id, ttl).now();
        }
    }

    /** Ends the lease for this process without telling the store, which will let it run out. */
    void abandon() {
        endUnlessEnded(EndReason.RELEASED);
    }

    /** Ends it for the reason given, if it has not ended; says which reason it has ended for. */
    private EndReason endUnlessEnded(EndReason reason) {
        while (true) {
            switch (state.get()) {
                case Ended(EndReason earlier) -> {
                    return earlier;
                }
                case Active active -> {
                    if (end(active, reason)) {
                        return reason;
                    }
                }
            }
        }
    }

    private boolean end(Active from, EndReason reason) {
        if (!state.compareAndSet(from, new Ended(reason))) {
            return false;
        }
        cancel(renewal);
        cancel(deadline);
        ended.accept(this);
        tellLoss();
        engine.listener().tell(l -> l.onEnded(name, token, reason));
        return true;
    }

    private static void cancel(Scheduler.@Nullable Task task) {
        if (task != null) {
            task.cancel();
        }
    }

    private void renewAt(long dueNanos) {
        renewal = engine.scheduler().at(dueNanos, "renewal", this::renew);
        if (state.get() instanceof Ended) {
            cancel(renewal);
        }
    }

    private void renew() {
        if (!isValid()) {
            return;
        }
        long sentNanos = engine.scheduler().nanoTime();
        boolean ours;
        try {
            ours = engine.store().renew(name, id, token, ttl, engine.label());
        } catch (RuntimeException e) {
            renewalFailed(e);
            return;
        }
        if (!ours) {
            endUnlessEnded(EndReason.TAKEN);
            return;
        }
        var later = new Active(Timing.deadline(sentNanos, ttl));
        while (isValid() && state.get() instanceof Active before) {
            if (state.compareAndSet(before, later)) {
                Duration took = Duration.ofNanos(engine.scheduler().nanoTime() - sentNanos);
                engine.listener().tell(l -> l.onRenewed(name, token, took));
                renewAt(sentNanos + Timing.renewAfter(ttl).toNanos());
                return;
            }
        }
    }

    private void renewalFailed(RuntimeException cause) {
        Duration remaining = remaining();
        engine.listener().tell(l -> l.onRenewalFailed(name, token, remaining, cause));
        LOG.debug("Renewal not answered, trying again. lease={} token={} remaining={}", name, token, remaining, cause);
        if (!remaining.isZero()) {
            renewAt(engine.nextRetry(engine.scheduler().nanoTime()));
        }
    }

    private void watchDeadline() {
        if (state.get() instanceof Active active && isValid()) {
            deadline = engine.scheduler().at(active.deadlineNanos, "deadline", this::watchDeadline);
            if (state.get() instanceof Ended) {
                cancel(deadline);
            }
        }
    }

    @Override
    public String toString() {
        return "Lease[" + name + ", token " + token + ", " + (isValid() ? remaining() + " left" : "ended") + ']';
    }
}
