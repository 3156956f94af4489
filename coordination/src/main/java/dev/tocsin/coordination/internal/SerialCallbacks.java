package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.LeaderElection;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs steps one after the other, in the order in which they were given, each on a thread of its own. The queue is bounded by
 * its only user, a candidate, which never has more than a few steps to come.
 */
final class SerialCallbacks {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock(); // guards steps, running
    private final Queue<Runnable> steps = new ArrayDeque<>(); // guarded by lock
    private boolean running; // guarded by lock
    private volatile @Nullable Thread runner;

    SerialCallbacks(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Adds a step; never runs it on the calling thread, unless the scheduler is a test's. */
    void add(Runnable step) {
        lock.lock();
        try {
            steps.add(step);
            if (running) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        scheduler.at(scheduler.nanoTime(), "election", this::drain);
    }

    /** Tells whether the calling thread is running a step. */
    boolean isCurrent() {
        return Thread.currentThread().equals(runner);
    }

    private void drain() {
        runner = Thread.currentThread();
        for (Runnable step = next(); step != null; step = next()) {
            try {
                step.run();
            } catch (RuntimeException e) {
                LOG.warn("A step of an election failed; going on with the next.", e);
            }
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Runnable step = steps.poll();
            if (step == null) {
                running = false;
                runner = null;
            }
            return step;
        } finally {
            lock.unlock();
        }
    }
}
