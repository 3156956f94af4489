package dev.tocsin.testsupport;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits with a deadline for things that cannot tell when they are done: servers that start, receipts. */
final class Waiting {
    private static final Duration STEP = Duration.ofMillis(10);

    private Waiting() {}

    @FunctionalInterface
    interface Condition {
        boolean holds() throws InterruptedException;
    }

    static void until(Condition condition, Duration atMost, Supplier<String> whatWasAwaited)
            throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start >= atMost.toNanos()) {
                throw new AssertionError(whatWasAwaited.get() + " within " + atMost);
            }
            pause(STEP);
        }
    }

    static void pause(Duration time) throws InterruptedException {
        long start = System.nanoTime();
        for (long left = time.toNanos(); left > 0; left = time.toNanos() - (System.nanoTime() - start)) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
