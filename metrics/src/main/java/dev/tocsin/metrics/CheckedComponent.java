package dev.tocsin.metrics;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A component and the run of its check, of which there is at most one.
 *
 * <p>Whoever asks while the check runs shares that run and its deadline, which counts from the run's start. So a check that hangs for good
 * costs one virtual thread, however often it is asked for.
 */
final class CheckedComponent {
    private final String name;
    private final HealthCheck check;
    private final boolean vital;
    private final ReentrantLock lock = new ReentrantLock(); // guards which run is the current one
    private @Nullable Run current; // guarded by lock

    CheckedComponent(String name, HealthCheck check, boolean vital) {
        this.name = name;
        this.check = check;
        this.vital = vital;
    }

    String name() {
        return name;
    }

    boolean isVital() {
        return vital;
    }

    /** The run in hand, or else a new one. Does not wait. */
    Run ask(Duration deadline, LongSupplier nanoTicker, HealthListener listener) {
        lock.lock();
        try {
            Run run = current;
            if (run == null || run.answer.isDone()) {
                run = new Run(deadline, nanoTicker, listener);
                current = run;
                run.thread.start();
            }
            return run;
        } finally {
            lock.unlock();
        }
    }

    /** One run of the check. */
    final class Run {
        private final CompletableFuture<HealthStatus> answer = new CompletableFuture<>();
        private final Duration deadline;
        private final LongSupplier nanoTicker;
        private final HealthListener listener;
        private final long startNanos;
        private final Thread thread;

        private Run(Duration deadline, LongSupplier nanoTicker, HealthListener listener) {
            this.deadline = deadline;
            this.nanoTicker = nanoTicker;
            this.listener = listener;
            this.startNanos = nanoTicker.getAsLong();
            this.thread = Thread.ofVirtual().name("tocsin-health-" + name).unstarted(this::run);
        }

        /** Waits for the answer, at most until the deadline of this run; a check that is late is interrupted. */
        HealthStatus await() throws InterruptedException {
            long leftNanos = deadline.toNanos() - (nanoTicker.getAsLong() - startNanos);
            try {
                return answer.get(Math.max(0, leftNanos), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                thread.interrupt();
                tell(to -> to.onNoAnswer(name, deadline));
                return HealthStatus.down("no answer within " + deadline);
            } catch (ExecutionException e) {
                throw new IllegalStateException("a run never ends with an exception", e);
            }
        }

        private void run() {
            HealthStatus status = status();
            Duration took = Duration.ofNanos(nanoTicker.getAsLong() - startNanos);
            tell(to -> to.onChecked(name, status, took));
            answer.complete(status);
        }

        // a check is foreign code, and whatever it throws, also an Error, must become an answer
        private HealthStatus status() {
            try {
                HealthStatus status = check.check();
                return status == null ? HealthStatus.down("the check gave no status") : status;
            } catch (Throwable e) {
                tell(to -> to.onCheckFailed(name, e));
                return HealthStatus.down("the check threw " + e.getClass().getSimpleName());
            }
        }

        private void tell(Consumer<HealthListener> event) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                // a listener cannot hurt us, and this module has no log to say it in
            }
        }
    }
}
