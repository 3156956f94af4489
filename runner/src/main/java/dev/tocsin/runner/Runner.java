package dev.tocsin.runner;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.LeaderElection;
import dev.tocsin.metrics.Health;
import dev.tocsin.metrics.PrometheusExporter;
import dev.tocsin.notification.Gateway;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.http.OperationsServer;
import dev.tocsin.runner.journal.Journal;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The rooms, wired: nodes → pool → stream → filters → alerting → gateways, with a journal below, an election beside and
 * metrics above. The holder of the lease works; others stand ready.
 *
 * <p>Safe for use by many threads once started.
 */
public final class Runner implements AutoCloseable {

    /** Longer than the stream and the dispatcher together may take to end what is in hand. */
    private static final Duration DRAIN = Duration.ofSeconds(25);

    private final Closing closing = new Closing();
    private final PrometheusExporter exporter;
    private final RpcPool pool;
    private final Journal journal;
    private final OperationsServer http;
    private final Leading leading;

    private Runner(TocsinConfig config, RunnerListener listener, Screen screen) throws InterruptedException {
        boolean started = false;
        try {
            exporter = closing.add(PrometheusExporter.create());
            MeterRegistry registry = exporter.registry();
            RunnerMeters events = new RunnerMeters(registry, listener);
            journal = Rooms.journal(config, closing);
            pool = closing.add(Rooms.pool(config, registry, events));
            Map<String, Gateway> gateways = Rooms.gateways(config, screen, registry, closing);
            leading = closing.add(new Leading(
                    config, pool, journal, gateways, registry, events, InstantSource.system(), System::nanoTime));
            AtomicReference<@Nullable LeaderElection> election = new AtomicReference<>();
            Health health = Readiness.of(
                    pool, leading, () -> Optional.ofNullable(election.get()).flatMap(LeaderElection::lastSeenLeader));
            http = closing.add(OperationsServer.start(config.http(), exporter, health));
            Coordination coordination = Rooms.coordination(config, registry, closing);
            LeaderElection candidate = closing.add(coordination
                    .election("runner")
                    .ttl(Rooms.lease(config))
                    .drainWithin(DRAIN)
                    .onElected(leading::begin)
                    .onRevoked((term, reason) -> leading.end())
                    .join());
            election.set(candidate);
            whenStopped(candidate::close);
            started = true;
        } finally {
            if (!started) {
                closing.close();
            }
        }
    }

    /**
     * Starts everything.
     *
     * @param config what to do
     * @param listener hears what happens
     * @param screen where the terminal gateway prints
     * @return the running runner; close it
     * @throws StartException if something the configuration names cannot be had: a node, a port, the state file, Redis
     * @throws InterruptedException if interrupted while starting; nothing is left running
     */
    public static Runner start(TocsinConfig config, RunnerListener listener, Screen screen)
            throws InterruptedException {
        return new Runner(config, listener, screen);
    }

    /**
     * Where metrics and health are served.
     *
     * @return the address without a path
     */
    public URI address() {
        return http.address();
    }

    /**
     * The chain that is followed.
     *
     * @return its id
     */
    public long chainId() {
        return pool.chainId();
    }

    /**
     * The journal.
     *
     * @return the journal of this runner
     */
    public Journal journal() {
        return journal;
    }

    /**
     * Says what to do when the chain has left what the state file knows of it. This runner resigns then, works no more, and says why in
     * {@code /ready}.
     *
     * @param action what to do, on a thread of its own; at once if it is so already
     */
    void whenStopped(Runnable action) {
        CompletableFuture<Void> unused = leading.stopped()
                .thenRunAsync(
                        action,
                        task -> Thread.ofVirtual().name("tocsin-stopped").start(task));
    }

    /** Stops in the opposite order: nothing is taken in, what is in hand is delivered, leadership is handed over. */
    @Override
    public void close() {
        closing.close();
    }
}
