package dev.tocsin.coordination.internal;

/** Monotonic time, and tasks that run when it comes. The engine has no other source of either, so a test can own both. */
interface Scheduler extends AutoCloseable {
    /**
     * Reads the monotonic clock.
     *
     * @return nanoseconds since no particular moment; compare by difference
     */
    long nanoTime();

    /**
     * Runs a task once, on a thread of its own, when its time has come.
     *
     * @param dueNanos when; may have passed
     * @param role what the thread is called after
     * @param task must catch what it throws
     * @return the task's handle
     */
    Task at(long dueNanos, String role, Runnable task);

    /** Drops the tasks that are not yet due, now and from now on. Those that are due still run; does not wait for them. */
    @Override
    void close();

    /** A task to come, or running, or over. */
    interface Task {
        /** Keeps the task from beginning, if it has not begun. */
        void cancel();

        /** Interrupts the task, if it runs; keeps it from beginning, if it has not begun. */
        void interrupt();
    }
}
