package dev.tocsin.runner;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turns SIGINT and SIGTERM into a wish that the running command sees, gives it 30 s to end in order, and then ends the process
 * with the command's own exit code. Safe for use by many threads.
 */
public final class Shutdown {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountDownLatch wished = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger code = new AtomicInteger();

    private Shutdown() {}

    /** A shutdown that signals wish for. */
    static Shutdown hook() {
        Shutdown shutdown = new Shutdown();
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("tocsin-shutdown").unstarted(shutdown::onSignal));
        return shutdown;
    }

    /** A shutdown that only {@link #wish()} wishes for. */
    static Shutdown manual() {
        return new Shutdown();
    }

    /** Asks the running command to end. */
    void wish() {
        wished.countDown();
    }

    /** Whether the command has been asked to end. */
    boolean isWished() {
        return wished.getCount() == 0;
    }

    /** Waits until the command is asked to end, or the time is over; true if it was asked. */
    boolean await(Duration patience) throws InterruptedException {
        return wished.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the process, after a signal from within its hook. */
    void exit(int exitCode) {
        code.set(exitCode);
        ended.countDown();
        System.exit(exitCode);
    }

    private void onSignal() {
        if (ended.getCount() == 0) {
            return;
        }
        wish();
        try {
            if (ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                Runtime.getRuntime().halt(code.get());
            }
            System.err.println("tocsin did not end within " + PATIENCE.toSeconds() + " s and is stopped");
            Runtime.getRuntime().halt(Main.FAILED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
