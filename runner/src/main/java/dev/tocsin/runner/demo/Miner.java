package dev.tocsin.runner.demo;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a block source onto a demo chain, one step at each interval, on a virtual thread of its own. The first step is done
 * at once. Steps keep to the interval's beat: the time a step takes is not added to the pause.
 */
public final class Miner implements AutoCloseable {

    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(Miner.class);

    private final DemoChain chain;
    private final BlockSource source;
    private final Duration interval;
    private final Pause pause;
    private final LongSupplier nanoTicker;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<State> state = new AtomicReference<>(State.MINING);
    private final AtomicReference<Optional<RuntimeException>> failure = new AtomicReference<>(Optional.empty());
    private final AtomicLong blocks = new AtomicLong();
    private final AtomicLong reorganisations = new AtomicLong();

    private Miner(DemoChain chain, BlockSource source, Duration interval, Pause pause, LongSupplier nanoTicker) {
        this.chain = Objects.requireNonNull(chain, "chain");
        this.source = Objects.requireNonNull(source, "source");
        this.interval = interval;
        this.pause = Objects.requireNonNull(pause, "pause");
        this.nanoTicker = Objects.requireNonNull(nanoTicker, "nanoTicker");
        if (interval.isNegative()) {
            throw new IllegalArgumentException("interval must not be negative, was " + interval);
        }
        this.thread = Thread.ofVirtual().name("tocsin-miner").unstarted(this::mine);
    }

    /**
     * Starts mining.
     *
     * @param chain the chain; no one else may append to it
     * @param source what is mined
     * @param interval from block to block; not negative
     * @return the running miner
     */
    public static Miner start(DemoChain chain, BlockSource source, Duration interval) {
        return start(chain, source, interval, Thread::sleep, System::nanoTime);
    }

    /** Starts mining with a pause and a ticker of the caller's. */
    static Miner start(DemoChain chain, BlockSource source, Duration interval, Pause pause, LongSupplier nanoTicker) {
        Miner miner = new Miner(chain, source, interval, pause, nanoTicker);
        miner.thread.start();
        return miner;
    }

    /**
     * What it is doing.
     *
     * @return the state now
     */
    public State state() {
        return Objects.requireNonNull(state.get());
    }

    /**
     * Why it failed.
     *
     * @return what the source threw, or empty
     */
    public Optional<RuntimeException> failure() {
        return Objects.requireNonNull(failure.get());
    }

    /**
     * How many blocks were mined, those of new branches included.
     *
     * @return from 0
     */
    public long blocks() {
        return blocks.get();
    }

    /**
     * How many reorganisations were made.
     *
     * @return from 0
     */
    public long reorganisations() {
        return reorganisations.get();
    }

    /**
     * Waits until mining has ended, for whatever reason.
     *
     * @param atMost how long
     * @return whether it has ended
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Stops mining; returns when the step that runs is done, after 10 s at the latest, at once if mining has ended. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            if (!awaitEnd(CLOSE_DEADLINE)) {
                LOG.warn("The miner did not stop in time deadline={}", CLOSE_DEADLINE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void mine() {
        try {
            long next = nanoTicker.getAsLong();
            while (!Thread.currentThread().isInterrupted()) {
                Optional<BlockSource.Step> step = source.next();
                if (step.isEmpty()) {
                    state.set(State.EXHAUSTED);
                    return;
                }
                take(step.get());
                next += interval.toNanos();
                long left = next - nanoTicker.getAsLong();
                if (left > 0) {
                    pause.pause(Duration.ofNanos(left));
                } else {
                    next -= left;
                }
            }
            state.set(State.STOPPED);
        } catch (InterruptedException e) {
            state.set(State.STOPPED);
        } catch (RuntimeException e) {
            failure.set(Optional.of(e));
            state.set(State.FAILED);
        } finally {
            ended.countDown();
        }
    }

    private void take(BlockSource.Step step) {
        switch (step) {
            case BlockSource.Step.Append append -> {
                chain.append(append.block());
                blocks.incrementAndGet();
            }
            case BlockSource.Step.Reorganise reorganise -> {
                chain.reorganise(reorganise.depth(), reorganise.blocks());
                blocks.addAndGet(reorganise.blocks().size());
                reorganisations.incrementAndGet();
            }
        }
    }

    /** What a miner is doing. */
    public enum State {
        /** It mines. */
        MINING,
        /** The source has nothing left; every block was mined. */
        EXHAUSTED,
        /** It was closed. */
        STOPPED,
        /** The source failed; {@link Miner#failure()} says why. */
        FAILED
    }

    /** How it waits. */
    @FunctionalInterface
    interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }
}
