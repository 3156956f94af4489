package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.internal.node.Listeners;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Where every call comes in and leaves. So a pool can be drained: nobody comes in any more, and those inside are awaited. And so those who
 * listen hear of every call.
 */
public final class Entrance {

    private final Listeners listeners;
    private final LongSupplier nanoTicker;

    private final LongAdder entered = new LongAdder();
    private final LongAdder left = new LongAdder();
    private final AtomicBoolean isShut = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition someoneLeft = lock.newCondition();

    public Entrance(Listeners listeners, LongSupplier nanoTicker) {
        this.listeners = listeners;
        this.nanoTicker = nanoTicker;
    }

    /** What happens inside. */
    @FunctionalInterface
    public interface Visit<T> {
        T make(CallContext context) throws InterruptedException;
    }

    /** Lets a call in, and out again; what it is given or throws is told to those who listen. */
    public <T> T through(String method, CallContext context, Visit<T> visit) throws InterruptedException {
        entered.increment(); // before the look at the door: who drains sees either this or a closed door seen here
        try {
            if (isShut.get()) {
                throw new RpcException("the pool is closed", null);
            }
            return listeners.isEmpty() ? visit.make(context) : watched(method, context, visit);
        } finally {
            left.increment();
            if (isShut.get()) {
                tell();
            }
        }
    }

    private <T> T watched(String method, CallContext context, Visit<T> visit) throws InterruptedException {
        Watch watch = new Watch(method, listeners.follow(method).orElse(null));
        long began = nanoTicker.getAsLong();
        Object said = null;
        try {
            T result = visit.make(context.watchedBy(watch));
            said = result;
            return result;
        } catch (RuntimeException | InterruptedException e) {
            said = e;
            throw e;
        } finally {
            watch.end(said, nanoTicker.getAsLong() - began, listeners);
        }
    }

    private void tell() {
        lock.lock();
        try {
            someoneLeft.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public boolean isShut() {
        return isShut.get();
    }

    /** Whether this thread is inside, of this pool or another: it would wait for itself. */
    public static boolean isInside() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.anyMatch(frame -> frame.getDeclaringClass() == Entrance.class
                        && frame.getMethodName().equals("through")));
    }

    /** Shuts, and waits until nobody is inside; the time that is left of what was given, negative if that took too long. */
    public long drain(long nanos) throws InterruptedException {
        isShut.set(true);
        lock.lockInterruptibly();
        try {
            long remaining = nanos;
            while (!isEmpty()) {
                if (remaining <= 0) {
                    return -1;
                }
                remaining = someoneLeft.awaitNanos(remaining);
            }
            return Math.max(0, remaining);
        } finally {
            lock.unlock();
        }
    }

    private boolean isEmpty() {
        long out = left.sum(); // first: whoever leaves between the two sums is then still counted as inside
        return entered.sum() == out;
    }
}
