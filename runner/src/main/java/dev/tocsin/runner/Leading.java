package dev.tocsin.runner;

import dev.tocsin.filters.FilterMeters;
import dev.tocsin.filters.FilterSet;
import dev.tocsin.metrics.HealthStatus;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.RetryPolicy;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.stream.Checkpoint;
import dev.tocsin.rpcpool.stream.LogQuery;
import dev.tocsin.rpcpool.stream.LogStream;
import dev.tocsin.rpcpool.stream.LogStreamMeters;
import dev.tocsin.rpcpool.stream.Release;
import dev.tocsin.rpcpool.stream.StreamStatus;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.journal.Backlog;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.runner.journal.JournalException;
import dev.tocsin.runner.line.Dispatcher;
import dev.tocsin.runner.line.Intake;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
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
    private static final Duration OLD = Duration.ofMinutes(5);
    private static final Duration PURGE_EVERY = Duration.ofHours(1);
    private static final int PURGE_AT_ONCE = 1000; // some ten milliseconds of the file's one writer

    /** A provider may be away for a day before a message is given up. */
    private static final RetryPolicy RETRIES =
            RetryPolicy.builder().maxAttempts(10_000).maxAge(Duration.ofDays(1)).build();

    private final TocsinConfig config;
    private final RpcPool pool;
    private final Journal journal;
    private final Map<String, Gateway> gateways;
    private final MeterRegistry registry;
    private final RunnerListener listener;
    private final InstantSource clock;
    private final LongSupplier nanoTicker;
    private final Duration keep;
    private final LogStreamMeters streamMeters; // one for all terms: a registry keeps the first gauge of a name
    private final StreamLog streamLog;
    private final ReentrantLock lock = new ReentrantLock(); // guards term
    private @Nullable Term term; // guarded by lock

    Leading(
            TocsinConfig config,
            RpcPool pool,
            Journal journal,
            Map<String, Gateway> gateways,
            MeterRegistry registry,
            RunnerListener listener,
            InstantSource clock,
            LongSupplier nanoTicker) {
        this.config = config;
        this.pool = pool;
        this.journal = journal;
        this.gateways = gateways;
        this.registry = registry;
        this.listener = listener;
        this.clock = clock;
        this.nanoTicker = nanoTicker;
        this.streamMeters = LogStreamMeters.on(registry);
        this.streamLog = new StreamLog(config.state().file());
        // a cooldown that is forgotten too early lets a match pass
        this.keep = config.watches().stream()
                .flatMap(watch -> watch.rule().cooldown().stream())
                .reduce(config.state().keep(), (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    /** One term. Its thread begins the work, waits, and ends the work; others only ask it to end, and wait for the thread. */
    private final class Term {
        private final CountDownLatch ending = new CountDownLatch(1);
        private final Instant begun = clock.instant();
        private final Thread thread;
        private volatile String trouble = "is beginning";
        private volatile @Nullable LogStream stream;

        Term(long leaseToken) {
            thread = Thread.ofVirtual().name("tocsin-term").unstarted(() -> work(leaseToken, this));
        }
    }

    /** Begins to work; what cannot be had at once is tried again until the term ends. */
    void begin(long leaseToken) {
        Term begun = new Term(leaseToken);
        lock.lock();
        try {
            term = begun;
        } finally {
            lock.unlock();
        }
        listener.onLeading(true);
        begun.thread.start();
    }

    /** Ceases to work: nothing more is taken in, what is in hand is delivered. Waits for an ending that is under way. */
    void end() {
        Term current = current();
        if (current == null) {
            return;
        }
        current.ending.countDown();
        try {
            current.thread.join();
        } catch (InterruptedException e) { // the term's thread ends the work all the same
            Thread.currentThread().interrupt();
        }
    }

    private void work(long leaseToken, Term one) {
        boolean failing = false;
        try {
            do {
                try (Closing opened = new Closing()) {
                    long token = config.coordination().isPresent() ? leaseToken : journal.newestToken() + 1;
                    start(token, one, opened);
                    keepHouse(token, one);
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
        } finally {
            over(one);
        }
    }

    private void start(long token, Term one, Closing opened) {
        journal.write(token, transaction -> true); // from here on a former leader changes nothing
        Runnable fenced = one.ending::countDown;
        Dispatcher dispatcher =
                opened.add(new Dispatcher(journal, token, gateways, RETRIES, clock, nanoTicker, listener, fenced));
        Intake intake = new Intake(
                config, journal, token, FilterMeters.on(registry), clock, listener, dispatcher::wake, fenced);
        one.stream = opened.add(follow(intake));
    }

    /** Until the term ends: forgets once an hour what is over. */
    private void keepHouse(long token, Term one) throws InterruptedException {
        long began = nanoTicker.getAsLong();
        long purges = 0;
        do {
            if (nanoTicker.getAsLong() - began >= purges * PURGE_EVERY.toNanos()) {
                purge(token, one);
                purges++;
            }
        } while (!one.ending.await(1, TimeUnit.SECONDS));
    }

    private void purge(long token, Term one) {
        Instant before = clock.instant().minus(keep);
        try {
            int gone;
            do {
                gone = journal.write(token, transaction -> transaction.purge(before, PURGE_AT_ONCE));
            } while (gone == PURGE_AT_ONCE && one.ending.getCount() > 0);
        } catch (JournalException.Fenced e) {
            one.ending.countDown();
        } catch (JournalException e) {
            LOG.warn("cannot forget what is over, will try again pause={}", PURGE_EVERY, e);
        }
    }

    private void over(Term one) {
        lock.lock();
        try {
            term = term == one ? null : term;
        } finally {
            lock.unlock();
        }
        listener.onLeading(false);
    }

    /** Whether a term is on: begun, or about to. */
    boolean isOn() {
        return current() != null;
    }

    /** Completed, with the reason, when the chain has left what is known of it: no term can work any more. */
    CompletableFuture<String> stopped() {
        return streamLog.stopped();
    }

    /** Whether the chain is followed. */
    HealthStatus streamHealth() {
        if (stopped().isDone()) { // also while what is in hand is delivered, after the term
            return HealthStatus.down(stopped().join());
        }
        Term current = current();
        if (current == null) {
            return HealthStatus.up("standby");
        }
        LogStream following = current.stream;
        if (following == null) {
            return HealthStatus.down(current.trouble);
        }
        StreamStatus stream = following.status();
        if (stream.head() < stream.processed() || streamLog.isBehind(stream.processed())) {
            return HealthStatus.down(streamLog.behind(stream.processed(), stream.head()));
        }
        String detail = detail(stream);
        Duration silence = Duration.between(stream.lastProgress().orElse(current.begun), clock.instant());
        Duration polls = config.stream().poll().multipliedBy(3);
        if (silence.compareTo(STUCK) <= 0 || silence.compareTo(polls) <= 0) {
            return HealthStatus.up(detail);
        }
        String why = stream.lastError().map(error -> ": " + error).orElse("");
        return HealthStatus.down(detail + ", no block for " + silence.toMinutes() + " min" + why);
    }

    private String detail(StreamStatus stream) {
        long first = config.stream().from().orElse(0);
        return stream.processed() < 0 && stream.head() >= 0 && stream.head() < first
                ? StreamLog.waiting(first, stream.head())
                : "block " + stream.processed() + " of " + stream.head();
    }

    /** Whether what was planned is delivered in time. A standby is not to blame for what the leader does not deliver. */
    HealthStatus deliveryHealth() {
        Map<String, Backlog> backlog = journal.backlog();
        long all = backlog.values().stream().mapToLong(Backlog::waiting).sum();
        Instant now = clock.instant();
        String old = backlog.entrySet().stream()
                .filter(one -> Duration.between(one.getValue().oldest(), now).compareTo(OLD) > 0)
                .map(one -> one.getKey() + " has " + one.getValue().waiting() + " waiting, the oldest for "
                        + Duration.between(one.getValue().oldest(), now).toMinutes() + " min")
                .collect(Collectors.joining("; "));
        return old.isEmpty() || current() == null
                ? HealthStatus.up(all + " deliveries waiting")
                : HealthStatus.down(old);
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
                .clock(clock)
                .nanoTicker(nanoTicker)
                .listener(streamMeters)
                .listener(streamLog);
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
}
