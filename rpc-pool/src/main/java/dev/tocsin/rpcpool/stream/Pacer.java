package dev.tocsin.rpcpool.stream;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How the stream waits. Tests wait without waiting. */
interface Pacer {
    /** Waits so long. */
    void pause(Duration duration) throws InterruptedException;

    /** Waits so long or until woken; true if woken. A wake-up that came before counts. */
    boolean idle(Duration duration) throws InterruptedException;

    /** Ends the present or the next idling. */
    void wake();

    /** Waits in real time. */
    static Pacer real() {
        return new Pacer() {
            private final Semaphore wakes = new Semaphore(0);

            @Override
            public void pause(Duration duration) throws InterruptedException {
                Thread.sleep(duration);
            }

            @Override
            public boolean idle(Duration duration) throws InterruptedException {
                boolean woken = wakes.tryAcquire(duration.toNanos(), TimeUnit.NANOSECONDS);
                wakes.drainPermits();
                return woken;
            }

            @Override
            public void wake() {
                if (wakes.availablePermits() == 0) {
                    wakes.release();
                }
            }
        };
    }
}
