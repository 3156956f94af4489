package dev.tocsin.coordination.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** One virtual thread a task, parked until the task is due. */
public final class VirtualThreadScheduler implements Scheduler {
    private final LongSupplier nanoTicker;
    private final long longestParkNanos;
    private final AtomicLong threads = new AtomicLong();
    private final Map<Parked, Boolean> pending = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Creates it.
     *
     * @param nanoTicker the monotonic clock
     * @param longestParkNanos how often at least the clock is looked at, in real time; for a clock that is not real
     */
    public VirtualThreadScheduler(LongSupplier nanoTicker, long longestParkNanos) {
        this.nanoTicker = nanoTicker;
        this.longestParkNanos = longestParkNanos;
    }

    @Override
    public long nanoTime() {
        return nanoTicker.getAsLong();
    }

    @Override
    public Task at(long dueNanos, String role, Runnable task) {
        var parked = new Parked(dueNanos, role, task);
        pending.put(parked, true);
        parked.thread.start();
        if (closed) {
            parked.cancelUnlessDue();
        }
        return parked;
    }

    @Override
    public void close() {
        closed = true;
        pending.keySet().forEach(Parked::cancelUnlessDue);
    }

    private final class Parked implements Task {
        private static final int WAITING = 0;
        private static final int RUNNING = 1;
        private static final int OVER = 2;

        private final long dueNanos;
        private final Runnable task;
        private final AtomicInteger phase = new AtomicInteger(WAITING);
        private final Thread thread;

        Parked(long dueNanos, String role, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = task;
            this.thread = Thread.ofVirtual()
                    .name("tocsin-" + role + "-" + threads.incrementAndGet())
                    .unstarted(this::run);
        }

        private void run() {
            long left = dueNanos - nanoTime();
            while (phase.get() == WAITING && left > 0) {
                LockSupport.parkNanos(this, Math.min(left, longestParkNanos));
                left = dueNanos - nanoTime();
            }
            pending.remove(this);
            if (phase.compareAndSet(WAITING, RUNNING)) {
                task.run();
                phase.set(OVER);
            }
        }

        void cancelUnlessDue() {
            if (dueNanos - nanoTime() > 0) {
                cancel();
            }
        }

        @Override
        public void cancel() {
            if (phase.compareAndSet(WAITING, OVER)) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void interrupt() {
            cancel();
            if (phase.get() == RUNNING) {
                thread.interrupt();
            }
        }
    }
}
