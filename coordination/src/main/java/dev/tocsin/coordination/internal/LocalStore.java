package dev.tocsin.coordination.internal;

import java.time.Duration;
import java.time.Instant;
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
 * keep growing. When there are many entries, those of free leases are dropped, and the greatest of their tokens becomes the floor of
 * all new ones.
 */
public final class LocalStore implements LeaseStore {
    private static final class Entry {
        private String id = "";
        private String spent = "";
        private String label = "";
        private long token;
        private long expiresNanos;
    }

    private static final int MANY = 10_000;

    private final LongSupplier nanoTicker;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock(); // guards entries and what is in them
    private final Map<String, Entry> entries = new HashMap<>(); // guarded by lock
    private int sweepAt = MANY; // guarded by lock
    private long floor; // guarded by lock; the greatest token of the entries dropped
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
            sweep(now);
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
                entry.token = nextToken(entry.token);
            }
            entry.expiresNanos = now + ttl.toNanos();
            return new Grant.Granted(entry.token);
        } finally {
            lock.unlock();
        }
    }

    private long nextToken(long before) {
        return Math.max(Math.max(before, floor) + 1, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
    }

    private void sweep(long now) {
        if (entries.size() < sweepAt) {
            return;
        }
        entries.values().removeIf(entry -> {
            boolean free = entry.id.isEmpty() || entry.expiresNanos - now <= 0;
            if (free) {
                floor = Math.max(floor, entry.token);
            }
            return free;
        });
        sweepAt = Math.max(MANY, 2 * entries.size());
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
