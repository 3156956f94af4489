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
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.StreamStatus;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.runner.line.Dispatcher;
import dev.tocsin.runner.line.Intake;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
        private final CountDownLatch ended = new CountDownLatch(1);
        private final AtomicBoolean closing = new AtomicBoolean();
        private final AtomicReference<@Nullable LogStream> stream = new AtomicReference<>();
        private final AtomicReference<@Nullable Dispatcher> dispatcher = new AtomicReference<>();
        private final Thread thread;
        private volatile String trouble = "is beginning";

        Term(Consumer<Term> work) {
            thread = Thread.ofVirtual().name("tocsin-term").unstarted(() -> work.accept(this));
        }

        void close() throws InterruptedException {
            ending.countDown();
            try {
                thread.join();
                LogStream following = stream.get();
                if (following != null) {
                    following.close();
                }
            } finally {
                Dispatcher delivering = dispatcher.get();
                if (delivering != null) {
                    delivering.close();
                }
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

    /** Ceases to work: nothing more is taken in, what is in hand is delivered. Waits for an ending that is under way. */
    void end() {
        Term current = current();
        if (current != null) {
            end(current);
        }
    }

    private void end(Term one) {
        try {
            if (!one.closing.compareAndSet(false, true)) {
                one.ended.await();
                return;
            }
            one.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            term = term == one ? null : term;
        } finally {
            lock.unlock();
        }
        one.ended.countDown();
        listener.onLeading(false);
    }

    private void work(long leaseToken, Term one) {
        boolean failing = false;
        try {
            long token = config.coordination().isPresent() ? leaseToken : journal.newestToken() + 1;
            do {
                try {
                    start(token, one);
                    return;
                } catch (RuntimeException e) {
                    one.trouble = "cannot begin to work: " + e.getMessage();
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

    private void start(long token, Term one) {
        journal.write(token, transaction -> {
            transaction.purge(clock.instant().minus(config.state().keep()));
            return true;
        });
        Runnable fenced = () -> endLater(one);
        Dispatcher dispatcher = new Dispatcher(journal, token, gateways, RETRIES, clock, listener, fenced);
        boolean started = false;
        try {
            Intake intake = new Intake(
                    config, journal, token, FilterMeters.on(registry), clock, listener, dispatcher::wake, fenced);
            one.stream.set(follow(intake));
            one.dispatcher.set(dispatcher);
            started = true;
        } finally {
            if (!started) {
                dispatcher.close();
            }
        }
    }

    HealthStatus streamHealth() {
        Term current = current();
        if (current == null) {
            return HealthStatus.up("standby");
        }
        LogStream following = current.stream.get();
        if (following == null) {
            return HealthStatus.down(current.trouble);
        }
        StreamStatus stream = following.status();
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

    private @Nullable Term current() {
        lock.lock();
        try {
            return term;
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
    private void endLater(Term one) {
        Thread.ofVirtual().name("tocsin-fenced").start(() -> end(one));
    }
}
