package dev.tocsin.coordination.internal;

import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Leases in this process: the same rules as in Redis, on one map. A name's entry outlives its leases, because the token must
 * keep growing; memory is bounded by the number of names that were ever used.
 */
public final class LocalStore implements LeaseStore {
    private static final class Entry {
        private String id = "";
        private String spent = "";
        private String label = "";
        private long token;
        private long expiresNanos;
    }

    private final LongSupplier nanoTicker;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock(); // guards entries and what is in them
    private final Map<String, Entry> entries = new HashMap<>(); // guarded by lock
    private final Map<String, List<Runnable>> watches = new ConcurrentHashMap<>();

    /**
     * Creates it, empty.
     *
     * @param nanoTicker the monotonic clock by which leases run out
     * @param clock the wall clock from which tokens begin, so that they grow over restarts of the process
     */
    public LocalStore(LongSupplier nanoTicker, InstantSource clock) {
        this.nanoTicker = nanoTicker;
        this.clock = clock;
    }

    @Override
    public Grant acquire(String name, String id, Duration ttl, String label) {
        lock.lock();
        try {
            long now = nanoTicker.getAsLong();
            Entry entry = entries.computeIfAbsent(name, absent -> new Entry());
            if (entry.spent.equals(id)) {
                return new Grant.Spent();
            }
            boolean taken = !entry.id.isEmpty() && entry.expiresNanos - now > 0;
            if (taken && !entry.id.equals(id)) {
                return new Grant.Held(Duration.ofNanos(entry.expiresNanos - now), entry.label);
            }
            if (!taken) {
                entry.id = id;
                entry.label = label;
                entry.token =
                        Math.max(entry.token + 1, ChronoUnit.MICROS.between(java.time.Instant.EPOCH, clock.instant()));
            }
            entry.expiresNanos = now + ttl.toNanos();
            return new Grant.Granted(entry.token);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean renew(String name, String id, long token, Duration ttl, String label) {
        lock.lock();
        try {
            Entry entry = entries.get(name);
            if (entry == null || !entry.id.equals(id)) {
                return false;
            }
            entry.expiresNanos = nanoTicker.getAsLong() + ttl.toNanos();
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(String name, String id) {
        lock.lock();
        try {
            Entry entry = entries.computeIfAbsent(name, absent -> new Entry());
            if (!entry.id.isEmpty() && !entry.id.equals(id)) {
                return;
            }
            entry.id = "";
            entry.spent = id;
        } finally {
            lock.unlock();
        }
        watches.getOrDefault(name, List.of()).forEach(Runnable::run);
    }

    @Override
    public Watch watch(String name, Runnable wake) {
        var own = new Runnable() {
            @Override
            public void run() {
                wake.run();
            }
        };
        watches.computeIfAbsent(name, absent -> new CopyOnWriteArrayList<>()).add(own);
        return () -> watches.computeIfPresent(name, (key, all) -> {
            all.remove(own);
            return all.isEmpty() ? null : all;
        });
    }
}
