package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.RpcException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where every call comes in and leaves, so that a pool can be drained: nobody comes in any more, and those inside are awaited. */
public final class Entrance {

    private final LongAdder entered = new LongAdder();
    private final LongAdder left = new LongAdder();
    private final AtomicBoolean isShut = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition someoneLeft = lock.newCondition();

    /** What happens inside. */
    @FunctionalInterface
    public interface Visit<T> {
        T make() throws InterruptedException;
    }

    /** Lets a call in, and out again. */
    public <T> T through(Visit<T> visit) throws InterruptedException {
        entered.increment(); // before the look at the door: who drains sees either this or a closed door seen here
        try {
            if (isShut.get()) {
                throw new RpcException("the pool is closed", null);
            }
            return visit.make();
        } finally {
            left.increment();
            if (isShut.get()) {
                tell();
            }
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

    public void shut() {
        isShut.set(true);
    }

    /** Shuts, and waits until nobody is inside; false if that took too long. */
    public boolean drain(long nanos) throws InterruptedException {
        shut();
        lock.lockInterruptibly();
        try {
            long remaining = nanos;
            while (!isEmpty()) {
                if (remaining <= 0) {
                    return false;
                }
                remaining = someoneLeft.awaitNanos(remaining);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isEmpty() {
        long out = left.sum(); // first: whoever leaves between the two sums is then still counted as inside
        return entered.sum() == out;
    }
}
