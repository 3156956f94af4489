package dev.tocsin.runner;

import dev.tocsin.filters.FilterMeters;
import dev.tocsin.filters.FilterSet;
import dev.tocsin.metrics.HealthStatus;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.RetryPolicy;
import dev.tocsin.rpcpool.Checkpoint;
import dev.tocsin.rpcpool.LogQuery;
import dev.tocsin.rpcpool.LogStream;
import dev.tocsin.rpcpool.LogStreamMeters;
import dev.tocsin.rpcpool.Release;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.StreamStatus;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.runner.journal.JournalException;
import dev.tocsin.runner.line.Dispatcher;
import dev.tocsin.runner.line.Intake;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What only the leader does: follow the chain and deliver. Begins with a term and ends with it; whatever is written under
 * an older term's token is refused by the journal.
 */
final class Leading implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leading.class);
    private static final Duration STUCK = Duration.ofMinutes(3);

    /** A provider may be away for a day before a message is given up. */
    private static final RetryPolicy RETRIES =
            RetryPolicy.builder().maxAttempts(10_000).maxAge(Duration.ofDays(1)).build();

    private final TocsinConfig config;
    private final RpcPool pool;
    private final Journal journal;
    private final Map<String, Gateway> gateways;
    private final MeterRegistry registry;
    private final RunnerListener listener;
    private final InstantSource clock = InstantSource.system();
    private final ReentrantLock lock = new ReentrantLock(); // guards term
    private @Nullable Term term; // guarded by lock

    Leading(
            TocsinConfig config,
            RpcPool pool,
            Journal journal,
            Map<String, Gateway> gateways,
            MeterRegistry registry,
            RunnerListener listener) {
        this.config = config;
        this.pool = pool;
        this.journal = journal;
        this.gateways = gateways;
        this.registry = registry;
        this.listener = listener;
    }

    /** What runs during one term: the thread that begins it, and what it began. */
    private static final class Term {
        private final CountDownLatch ending = new CountDownLatch(1);
        private final AtomicReference<@Nullable LogStream> stream = new AtomicReference<>();
        private final AtomicReference<@Nullable Dispatcher> dispatcher = new AtomicReference<>();
        private final Thread thread;

        Term(Consumer<Term> work) {
            thread = Thread.ofVirtual().name("tocsin-term").unstarted(() -> work.accept(this));
        }

        void close() throws InterruptedException {
            ending.countDown();
            thread.join();
            LogStream following = stream.get();
            if (following != null) {
                following.close();
            }
            Dispatcher delivering = dispatcher.get();
            if (delivering != null) {
                delivering.close();
            }
        }
    }

    /** Begins to work; what cannot be had at once is tried again until the term ends. */
    void begin(long leaseToken) {
        Term begun = new Term(one -> work(leaseToken, one));
        lock.lock();
        try {
            term = begun;
        } finally {
            lock.unlock();
        }
        begun.thread.start();
        listener.onLeading(true);
    }

    /** Ceases to work: nothing more is taken in, what is in hand is delivered. Does nothing if there is no term. */
    void end() {
        Term ended;
        lock.lock();
        try {
            ended = term;
            term = null;
        } finally {
            lock.unlock();
        }
        if (ended != null) {
            try {
                ended.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            listener.onLeading(false);
        }
    }

    private void work(long leaseToken, Term one) {
        boolean failing = false;
        try {
            do {
                try {
                    start(leaseToken, one);
                    return;
                } catch (JournalException | RpcException e) {
                    if (!failing) {
                        LOG.warn("cannot begin to work, will try again", e);
                    }
                    failing = true;
                }
            } while (!one.ending.await(1, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(long leaseToken, Term one) {
        long token = config.coordination().isPresent() ? leaseToken : journal.newestToken() + 1;
        journal.write(token, transaction -> {
            transaction.purge(clock.instant().minus(config.state().keep()));
            return true;
        });
        Dispatcher dispatcher = new Dispatcher(journal, token, gateways, RETRIES, clock, listener, this::endLater);
        one.dispatcher.set(dispatcher);
        Intake intake = new Intake(
                config, journal, token, FilterMeters.on(registry), clock, listener, dispatcher::wake, this::endLater);
        one.stream.set(follow(intake));
    }

    HealthStatus streamHealth() {
        Optional<StreamStatus> status = streamStatus();
        if (status.isEmpty()) {
            return HealthStatus.up("standby");
        }
        StreamStatus stream = status.get();
        if (stream.violated()) {
            return HealthStatus.down("the chain reorganised deeper than is kept; the stream has stopped");
        }
        boolean stuck = stream.lastProgress()
                .map(at -> Duration.between(at, clock.instant()).compareTo(STUCK) > 0)
                .orElse(false);
        String detail = "block " + stream.processed() + " of " + stream.head();
        return stuck
                ? HealthStatus.down(detail + ", no block for " + STUCK.toMinutes() + " min")
                : HealthStatus.up(detail);
    }

    Optional<StreamStatus> streamStatus() {
        lock.lock();
        try {
            return Optional.ofNullable(term)
                    .map(running -> running.stream.get())
                    .map(LogStream::status);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        end();
    }

    private LogStream follow(Intake intake) {
        TocsinConfig.Stream wanted = config.stream();
        LogStream.Builder builder = LogStream.over(pool)
                .logs(query())
                .release(wanted.confirmations() == 0 ? Release.INSTANT : Release.confirmations(wanted.confirmations()))
                .pollEvery(wanted.poll())
                .listener(LogStreamMeters.on(registry));
        Optional<Checkpoint> checkpoint = journal.checkpoint(pool.chainId());
        if (checkpoint.isPresent()) {
            builder.from(checkpoint.get());
        } else {
            wanted.from().ifPresentOrElse(builder::fromBlock, builder::fromHead);
        }
        return builder.open(intake);
    }

    private LogQuery query() {
        if (config.stream().everything()) {
            return LogQuery.all();
        }
        FilterSet rules = FilterSet.builder()
                .rules(config.watches().stream().map(TocsinConfig.Watch::rule).toList())
                .units(config.units())
                .build();
        return new LogQuery(rules.addresses(), rules.topic0s());
    }

    /** From a thread that the ending waits for. */
    private void endLater() {
        Thread.ofVirtual().name("tocsin-fenced").start(this::end);
    }
}
