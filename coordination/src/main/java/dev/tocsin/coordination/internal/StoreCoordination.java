package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.CoordinationListener;
import dev.tocsin.coordination.LeaderElection;
import dev.tocsin.coordination.LockService;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/** The engine: leases and elections over any store. */
public final class StoreCoordination implements Coordination {
    private final Engine engine;
    private final Locks locks;
    private final Set<Candidate> candidates = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    StoreCoordination(Engine engine) {
        this.engine = engine;
        this.locks = new Locks(engine);
    }

    /**
     * Opens it.
     *
     * @param store where leases are kept
     * @param scheduler time and threads
     * @param timing the store's timeouts
     * @param pollEvery how often at least a waiter looks again
     * @param label this instance's name, for people
     * @param random for jitter
     * @param listener told what happens
     * @return the coordination
     */
    public static StoreCoordination open(
            LeaseStore store,
            VirtualThreadScheduler scheduler,
            Timing timing,
            Duration pollEvery,
            String label,
            RandomGenerator random,
            CoordinationListener listener) {
        return new StoreCoordination(
                new Engine(store, scheduler, timing, pollEvery, label, random, new SafeListener(listener)));
    }

    @Override
    public LockService locks() {
        return locks;
    }

    @Override
    public LeaderElection.Builder election(String name) {
        Names.check("name", name);
        requireOpen();
        return new ElectionBuilder(name, engine.timing(), this::stand);
    }

    Candidate stand(Candidate.Settings settings) {
        requireOpen();
        var candidate = new Candidate(engine, locks, settings, candidates::remove);
        candidates.add(candidate);
        candidate.stand();
        return candidate;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("coordination has been closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        List<Candidate> all = List.copyOf(candidates);
        all.forEach(Candidate::resign);
        all.forEach(Candidate::close);
        locks.close();
        engine.scheduler().close();
    }
}
