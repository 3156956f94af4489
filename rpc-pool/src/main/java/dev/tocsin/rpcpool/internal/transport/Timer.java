package dev.tocsin.rpcpool.internal.transport;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Does something later. Tests have one in virtual time. */
public interface Timer extends AutoCloseable {

    /**
     * Does something after a time, on a thread that may block.
     *
     * @param time from now
     * @param task what to do
     * @return running it before the time forgets the task
     */
    Runnable after(Duration time, Runnable task);

    /** Forgets every task; those that run are interrupted, and waited for a short time. */
    @Override
    void close();

    /** Lets time pass for this thread. */
    default void sleep(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
    }

    /** As {@link LockSupport#parkNanos}: also ends early, when the thread is woken or interrupted. */
    default void park(long nanos) {
        LockSupport.parkNanos(this, nanos);
    }

    /** Wakes a thread, or keeps it from its next {@link #park}. */
    default void unpark(Thread thread) {
        LockSupport.unpark(thread);
    }

    /** In real time: one thread that waits, and a virtual thread for each task. */
    static Timer real() {
        return new Real();
    }

    /** Starts tasks when it is time. */
    final class Real implements Timer {
        private static final Duration END = Duration.ofSeconds(2);
        private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("tocsin-rpc-timer").daemon().factory());
        private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tocsin-rpc-task-", 0).factory());

        private Real() {
            clock.setRemoveOnCancelPolicy(true);
        }

        @Override
        public Runnable after(Duration time, Runnable task) {
            try {
                Future<?> planned = clock.schedule(() -> threads.execute(task), time.toNanos(), TimeUnit.NANOSECONDS);
                return () -> planned.cancel(false);
            } catch (RejectedExecutionException e) {
                return () -> {}; // closed: there is no later
            }
        }

        @Override
        public void close() {
            clock.shutdownNow();
            threads.shutdownNow();
            try {
                threads.awaitTermination(END.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
