package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The logs of a chain, in order, each once, with a retraction for every block that the chain drops.
 *
 * <p>A stream follows the chain by parent hashes, asks for logs by block hash, and checks every answer. What nodes do wrong
 * (lag, disagree, fail, answer with something else) delays it and never makes it skip or repeat a block. New heads
 * from a WebSocket wake it up, and it polls besides; neither is ever taken as data.
 *
 * <p>What it does <b>not</b> do: it does not read logs again after they were delivered, so a node that gives a part of a block's wanted
 * logs as if it were all of them is not found out, unless all logs are wanted ({@link LogQuery#all()}), where the block's bloom
 * proves the answer. It cannot follow a reorganisation deeper than the window of its checkpoint ({@value #WINDOW} blocks): it stops,
 * says so in {@link #status()} and to the listener, and stays stopped.
 *
 * <p>Costs two round trips for up to 50 blocks: one for headers, one for logs, the second only if a bloom may contain
 * something wanted. A poll without news is one round trip. Memory is bounded by one batch and the window; there is no queue: a slow
 * handler delays the stream.
 *
 * <p>Delivery is at least once: after a crash between the handler's work and the saving of the checkpoint, the batch comes again.
 * Recording {@link LogBatch#checkpoint()} together with the handler's own data, in one transaction, makes it exactly once.
 *
 * <p>Safe for use by many threads. The pool is not closed with the stream, and must be open as long as it: a stream whose pool is closed ends
 * at its next look at the chain, and {@link StreamStatus#lastError()} is then {@code the pool is closed}.
 */
public final class LogStream implements AutoCloseable {
    /** How many headers a checkpoint holds at most: the depth of the deepest reorganisation that can be followed. */
    public static final int WINDOW = 128;

    private final StreamWorker worker;

    private LogStream(StreamWorker worker) {
        this.worker = worker;
    }

    /** Takes the batches of a stream. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Takes a batch. Called by one virtual thread, in order, never concurrently.
         *
         * <p>When it throws, the same batch is given again after a pause (1 s, doubled up to 30 s, shortened by up to a half at random),
         * until it returns or the stream or its pool is closed. When it returns, the batch is done.
         *
         * @param batch the batch
         * @throws Exception if it has not been taken
         */
        void on(LogBatch batch) throws Exception;
    }

    /**
     * Begins to describe a stream over a pool.
     *
     * @param pool the pool; it stays the caller's
     * @return a builder; by default it begins after the present head, takes all logs, and releases at once
     */
    public static Builder over(RpcPool pool) {
        return new Builder(new PoolChainReader(requireNonNull(pool, "pool")));
    }

    static Builder over(ChainReader reader) {
        return new Builder(reader);
    }

    /**
     * How the stream stands. Never waits.
     *
     * @return the status
     */
    public StreamStatus status() {
        return worker.status();
    }

    /**
     * Waits until the stream has ended: it was closed, its pool was, or the chain was {@linkplain StreamStatus#violated() violated}. Which
     * of them, {@link #status()} tells.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    public void awaitClose() throws InterruptedException {
        worker.awaitEnd();
    }

    /**
     * Ends the stream. A handler at work has {@value StreamWorker#GRACE_SECONDS} seconds to finish, is then interrupted, and has as long
     * again; a batch that it finishes is done. Returns when nothing more will be called, or that time is over. From within the
     * handler it returns at once. May be called again, which waits as well.
     */
    @Override
    public void close() {
        worker.close();
    }

    /** Describes a stream. Not safe for use by many threads; {@link #open} may be called once. */
    public static final class Builder {
        private static final Duration LEAST_POLL = Duration.ofMillis(10);
        private static final Duration MOST_POLL = Duration.ofHours(1);

        private final ChainReader reader;
        private final List<LogStreamListener> listeners = new ArrayList<>();
        private Optional<CheckpointStore> store = Optional.empty();
        private Start start = new Start.AtHead();
        private LogQuery query = LogQuery.all();
        private Release release = Release.INSTANT;
        private Duration pollEvery = Duration.ofSeconds(1);
        private boolean useBlooms = true;
        private InstantSource clock = InstantSource.system();
        private LongSupplier nanoTicker = System::nanoTime;
        private Pacer pacer = Pacer.real();
        private RandomGenerator random = RandomGenerator.getDefault();

        private Builder(ChainReader reader) {
            this.reader = reader;
        }

        /**
         * Begins after the position in a store, and saves the position there each time the handler has returned. Without a position
         * in the store, begins as {@link #fromBlock} or {@link #fromHead} says.
         *
         * @param checkpoints the store
         * @return this builder
         */
        public Builder from(CheckpointStore checkpoints) {
            this.store = Optional.of(requireNonNull(checkpoints, "checkpoints"));
            return this;
        }

        /**
         * Begins after a position that the handler has recorded itself, from {@link LogBatch#checkpoint()}. What the chain has dropped since
         * is retracted first.
         *
         * @param checkpoint the position
         * @return this builder
         */
        public Builder from(Checkpoint checkpoint) {
            this.start = new Start.After(requireNonNull(checkpoint, "checkpoint"));
            return this;
        }

        /**
         * Begins with this block. The first batch may be empty and only carries the position.
         *
         * @param first its number; may be above the head, then the stream waits for it
         * @return this builder
         * @throws IllegalArgumentException if negative
         */
        public Builder fromBlock(long first) {
            if (first < 0) {
                throw new IllegalArgumentException("first must be at least 0, was " + first);
            }
            this.start = new Start.AtBlock(first);
            return this;
        }

        /**
         * Begins with the block after the head at the moment of {@link #open}. The default. The first batch may be empty and only
         * carries the position.
         *
         * @return this builder
         */
        public Builder fromHead() {
            this.start = new Start.AtHead();
            return this;
        }

        /**
         * Which logs are delivered.
         *
         * @param wanted the query; default {@link LogQuery#all()}
         * @return this builder
         */
        public Builder logs(LogQuery wanted) {
            this.query = requireNonNull(wanted, "wanted");
            return this;
        }

        /**
         * Which logs are delivered: these events of one contract.
         *
         * @param address the contract
         * @param signatures as for {@link LogQuery#event}, at least one
         * @return this builder
         * @throws IllegalArgumentException if the address or a signature is none
         */
        public Builder logs(String address, String... signatures) {
            return logs(LogQuery.address(address).withEvents(signatures));
        }

        /**
         * When blocks are delivered.
         *
         * @param when the release; default {@link Release#INSTANT}
         * @return this builder
         */
        public Builder release(Release when) {
            this.release = requireNonNull(when, "when");
            return this;
        }

        /**
         * How long to wait before looking for a new head when nobody tells of one.
         *
         * @param interval default 1 s, 10 ms to 1 h. Each poll is one round trip: shorter costs requests, longer costs delay where
         *     no node has a WebSocket
         * @return this builder
         * @throws IllegalArgumentException if out of range
         */
        public Builder pollEvery(Duration interval) {
            requireNonNull(interval, "interval");
            if (interval.compareTo(LEAST_POLL) < 0 || interval.compareTo(MOST_POLL) > 0) {
                throw new IllegalArgumentException(
                        "interval must be " + LEAST_POLL + " to " + MOST_POLL + ", was " + interval);
            }
            this.pollEvery = interval;
            return this;
        }

        /**
         * Takes no block's bloom for true: for chains whose blooms do not cover all logs, such as Polygon with its state-sync logs. By
         * default blooms are used. Costs one question for logs for every block, and the proof that an answer is whole.
         *
         * @return this builder
         */
        public Builder ignoreBlooms() {
            this.useBlooms = false;
            return this;
        }

        /**
         * Adds one who is told what the stream does.
         *
         * @param listener the listener
         * @return this builder
         */
        public Builder listener(LogStreamListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * The wall clock, for {@link LogBatch#seenAt()} and {@link StreamStatus#lastProgress()}.
         *
         * @param wallClock the clock; default the system's
         * @return this builder
         */
        public Builder clock(InstantSource wallClock) {
            this.clock = requireNonNull(wallClock, "wallClock");
            return this;
        }

        /**
         * Elapsed time, by which {@link LogStreamListener#onBehind} and {@link LogStreamListener#onWaiting} are decided.
         *
         * @param ticker nanoseconds, as {@link System#nanoTime()}, the default, tells them
         * @return this builder
         */
        public Builder nanoTicker(LongSupplier ticker) {
            this.nanoTicker = requireNonNull(ticker, "ticker");
            return this;
        }

        Builder waits(Pacer how, RandomGenerator jitter) {
            this.pacer = how;
            this.random = jitter;
            return this;
        }

        /**
         * Starts the stream. A stream that begins at the head waits here until it has read where that is, for at most
         * {@value StreamWorker#GRACE_SECONDS} seconds; if that fails, it begins at the head it can read first.
         *
         * @param handler takes the batches
         * @return the running stream
         * @throws RpcException if the pool is closed
         */
        public LogStream open(Handler handler) {
            requireNonNull(handler, "handler");
            if (reader.isClosed()) {
                throw new RpcException(StreamWorker.POOL_CLOSED, null);
            }
            Start from = store.<Start>map(kept -> new Start.Stored(kept, start)).orElse(start);
            StreamWorker worker = new StreamWorker(
                    reader,
                    from,
                    new LogFetch(reader, query, new LogCheck(query, useBlooms)),
                    release,
                    new GuardedStreamListener(listeners),
                    handler,
                    store,
                    new StreamWorker.Timing(pollEvery, clock, nanoTicker, pacer, random));
            worker.start(start instanceof Start.AtHead);
            return new LogStream(worker);
        }
    }
}
