package dev.tocsin.coordination.internal;

import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Tasks of one pretended process, run by the test's own thread when the test says so. A paused one runs nothing, while time goes on. */
final class FakeScheduler implements Scheduler {
    private final AtomicLong nanos;
    private final PriorityQueue<Entry> tasks = new PriorityQueue<>();
    private long sequence;
    private boolean closed;

    /** All schedulers of a test share the clock. */
    FakeScheduler(AtomicLong nanos) {
        this.nanos = nanos;
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public Task at(long dueNanos, String role, Runnable task) {
        var entry = new Entry(dueNanos, sequence++, task);
        if (!closed || dueNanos - nanoTime() <= 0) {
            tasks.add(entry);
        }
        return entry;
    }

    /** Runs what is due, and what becomes due by that. */
    void runDue() {
        while (!tasks.isEmpty() && tasks.element().dueNanos <= nanos.get()) {
            Entry next = tasks.remove();
            if (!next.cancelled) {
                next.task.run();
            }
        }
    }

    /** Runs a single task that is due, if there is one. */
    boolean runOne() {
        if (tasks.isEmpty() || tasks.element().dueNanos > nanos.get()) {
            return false;
        }
        Entry next = tasks.remove();
        if (!next.cancelled) {
            next.task.run();
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        tasks.removeIf(entry -> entry.dueNanos - nanoTime() > 0);
    }

    private static final class Entry implements Task, Comparable<Entry> {
        private final long dueNanos;
        private final long sequence;
        private final Runnable task;
        private boolean cancelled;

        Entry(long dueNanos, long sequence, Runnable task) {
            this.dueNanos = dueNanos;
            this.sequence = sequence;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public void interrupt() {
            cancel();
        }

        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }
}
