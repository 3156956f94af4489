package dev.tocsin.rpcpool.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a {@link LogStream}: steps, waits, hands batches to the handler until it takes them, keeps the status, and ends.
 */
final class StreamWorker implements Follower.Delivery {
    static final int GRACE_SECONDS = 5;
    static final String POOL_CLOSED = "the pool is closed";

    private static final Logger LOG = LoggerFactory.getLogger(LogStream.class);
    private static final AtomicLong NUMBER = new AtomicLong();
    private static final int EAGER_LOOKS = 4;

    private final ChainReader reader;
    private final LogStreamListener listener;
    private final LogStream.Handler handler;
    private final Optional<CheckpointStore> store;
    private final Timing timing;
    private final Follower follower;
    private final Backoff readBackoff;
    private final Backoff handlerBackoff;
    private final Thread thread;
    private final CountDownLatch positioned = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private final ReentrantLock lock = new ReentrantLock(); // guards closed and handling: whether close may interrupt
    private boolean closed; // guarded by lock
    private boolean handling; // guarded by lock

    private volatile StreamStatus status =
            new StreamStatus(-1, -1, Optional.empty(), Optional.empty(), false); // written by the thread alone

    /**
     * How the stream waits.
     *
     * @param pollEvery the time between two looks
     * @param clock the wall clock
     * @param nanoTicker elapsed time
     * @param pacer waits
     * @param random for jitter
     */
    record Timing(
            Duration pollEvery, InstantSource clock, LongSupplier nanoTicker, Pacer pacer, RandomGenerator random) {
        /** When another look will decide something, or a head was told of that the asked node does not have yet. */
        Duration soon() {
            Duration quarter = pollEvery.dividedBy(4);
            Duration least = Duration.ofMillis(20);
            return quarter.compareTo(least) < 0 ? least : quarter;
        }
    }

    StreamWorker(
            ChainReader reader,
            Start start,
            LogFetch fetch,
            Release release,
            LogStreamListener listener,
            LogStream.Handler handler,
            Optional<CheckpointStore> store,
            Timing timing) {
        this.reader = reader;
        this.listener = listener;
        this.handler = handler;
        this.store = store;
        this.timing = timing;
        int confirmations = switch (release) {
            case Release.Confirmations depth -> depth.blocks();
        };
        this.follower = new Follower(
                reader,
                start,
                fetch,
                confirmations,
                LogStream.WINDOW,
                listener,
                this,
                timing.clock(),
                new Shortfall(timing.nanoTicker()));
        this.readBackoff = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(10), timing.random());
        this.handlerBackoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), timing.random());
        this.thread = Thread.ofVirtual()
                .name("tocsin-log-stream-" + NUMBER.getAndIncrement())
                .unstarted(this::run);
    }

    void start(boolean awaitPosition) {
        thread.start();
        if (awaitPosition) {
            try {
                boolean known = positioned.await(GRACE_SECONDS, TimeUnit.SECONDS);
                LOG.debug("log stream opened chain={} positioned={}", reader.chainId(), known);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    StreamStatus status() {
        return status;
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            if (!handling) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
        if (thread.equals(Thread.currentThread())) {
            return;
        }
        boolean interrupted = false;
        try {
            if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                thread.interrupt();
                if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    LOG.warn("log stream handler does not return chain={}", reader.chainId());
                }
            }
        } catch (InterruptedException e) {
            interrupted = true;
            thread.interrupt();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (AutoCloseable heads = reader.onHead(timing.pacer()::wake)) {
            LOG.debug("log stream runs chain={} heads={}", reader.chainId(), heads);
            follow();
        } catch (InterruptedException e) {
            LOG.debug("log stream interrupted chain={}", reader.chainId());
        } catch (Exception e) {
            if (!reader.isClosed()) {
                LOG.warn("log stream could not free its head subscription chain={}", reader.chainId(), e);
            }
        } finally {
            if (reader.isClosed() && !isClosed() && !status.violated()) {
                LOG.warn("log stream ends, since its pool was closed before it chain={}", reader.chainId());
                noteStatus(status.lastProgress(), POOL_CLOSED, false);
            }
            positioned.countDown();
            ended.countDown();
        }
    }

    private void follow() throws InterruptedException {
        int failures = 0;
        int eager = 0;
        boolean moved = false; // what wakes just after that is most likely of the block that was delivered
        while (!isClosed() && !reader.isClosed()) {
            try {
                Follower.Step step = follower.step();
                failures = 0;
                noteStep(step);
                if (reader.isClosed()) {
                    return;
                }
                switch (step) {
                    case PROGRESS -> {
                        eager = 0;
                        moved = true;
                    }
                    case NOTHING_NEW -> {
                        boolean woken = timing.pacer().idle(eager > 0 ? timing.soon() : timing.pollEvery());
                        eager = woken && !moved ? EAGER_LOOKS : Math.max(0, eager - 1);
                        moved = false;
                    }
                    case LOOK_AGAIN -> timing.pacer().idle(timing.soon());
                    case VIOLATED -> {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Throwable e) { // a bug must not end the stream in silence
                if (!reader.isClosed()) {
                    failures++;
                    retryLater(e, failures);
                }
            }
        }
    }

    private void retryLater(Throwable failure, int failures) throws InterruptedException {
        positioned.countDown();
        boolean expected = failure instanceof ChainReadException;
        String why = expected ? String.valueOf(failure.getMessage()) : String.valueOf(failure);
        Duration pause = readBackoff.after(failures);
        if (!expected) {
            LOG.warn("log stream step failed unexpectedly chain={} attempt={}", reader.chainId(), failures, failure);
        } else {
            LOG.debug("log stream could not read chain={} attempt={} why={}", reader.chainId(), failures, why);
        }
        status =
                new StreamStatus(follower.processed(), follower.head(), status.lastProgress(), Optional.of(why), false);
        listener.onRetry(reader.chainId(), why, failures, pause);
        timing.pacer().pause(pause);
    }

    private void noteStep(Follower.Step step) {
        positioned.countDown();
        if (step != Follower.Step.VIOLATED) {
            noteStatus(status.lastProgress(), null, false);
            return;
        }
        String why = "the chain has no block in common with the last " + LogStream.WINDOW + " delivered blocks up to "
                + follower.processed() + "; the stream has stopped";
        LOG.error("log stream stopped chain={} why={}", reader.chainId(), why);
        status = new StreamStatus(follower.processed(), follower.head(), status.lastProgress(), Optional.of(why), true);
        listener.onViolation(reader.chainId(), why);
    }

    private void noteStatus(Optional<Instant> progress, @Nullable String error, boolean violated) {
        status =
                new StreamStatus(follower.processed(), follower.head(), progress, Optional.ofNullable(error), violated);
    }

    @Override
    public boolean deliver(LogBatch batch) throws InterruptedException {
        boolean taken = false;
        for (int attempt = 1; ; attempt++) {
            if (!beginHandling()) {
                return false;
            }
            Throwable failure;
            try {
                if (!taken) {
                    handler.on(batch);
                    taken = true;
                }
                save(batch);
                endHandling();
                noteDelivered(batch);
                return true;
            } catch (Throwable e) { // foreign code; whatever it throws, the batch has not been taken
                failure = e;
                endHandling();
            }
            if (failure instanceof InterruptedException interruption && isClosed()) {
                throw interruption;
            }
            if (reader.isClosed()) {
                return false;
            }
            retryBatchLater(batch, failure, attempt);
        }
    }

    private void save(LogBatch batch) throws Exception {
        if (store.isPresent()) {
            store.get().save(batch.chainId(), batch.checkpoint());
        }
    }

    private void noteDelivered(LogBatch batch) {
        boolean moved = !batch.blocks().isEmpty() || !batch.retracted().isEmpty();
        status = new StreamStatus(
                batch.checkpoint().number(),
                Math.max(follower.head(), batch.checkpoint().number()),
                moved ? Optional.of(timing.clock().instant()) : status.lastProgress(),
                Optional.empty(),
                false);
        listener.onBatch(batch);
    }

    private void retryBatchLater(LogBatch batch, Throwable failure, int attempt) throws InterruptedException {
        Duration pause = handlerBackoff.after(attempt);
        if (attempt == 1) {
            LOG.warn("log stream handler failed, the batch is given again chain={}", batch.chainId(), failure);
        }
        noteStatus(status.lastProgress(), "the handler failed: " + failure, false);
        listener.onHandlerFailed(batch, failure, attempt, pause);
        timing.pacer().pause(pause);
    }

    private boolean beginHandling() {
        lock.lock();
        try {
            handling = !closed;
            return handling;
        } finally {
            lock.unlock();
        }
    }

    /** From here on the thread may be interrupted again; an interruption that was meant for the handler ends with it. */
    private void endHandling() {
        lock.lock();
        try {
            handling = false;
            if (!closed) {
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
