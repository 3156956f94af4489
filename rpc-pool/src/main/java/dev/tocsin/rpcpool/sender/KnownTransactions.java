package dev.tocsin.rpcpool.sender;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Pending and finished transactions in memory, in the order of their first saving. */
final class KnownTransactions implements PendingTransactions {
    static final int MOST_FINISHED = 10_000;

    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Map<String, PendingTransaction> open =
            new LinkedHashMap<>(); // guarded by lock; bounded by maxPending
    private final Map<String, PendingTransaction> finished =
            new LinkedHashMap<>(); // guarded by lock; at most MOST_FINISHED

    @Override
    public Optional<PendingTransaction> find(String key) {
        lock.lock();
        try {
            return Optional.ofNullable(open.get(key)).or(() -> Optional.ofNullable(finished.get(key)));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void save(PendingTransaction transaction) {
        lock.lock();
        try {
            if (!transaction.isFinished()) {
                open.put(transaction.key(), transaction);
                return;
            }
            open.remove(transaction.key());
            finished.put(transaction.key(), transaction);
            if (finished.size() > MOST_FINISHED) {
                finished.remove(finished.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void remove(String key) {
        lock.lock();
        try {
            open.remove(key);
            finished.remove(key);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<PendingTransaction> open() {
        lock.lock();
        try {
            return List.copyOf(open.values());
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return open.size() + finished.size();
        } finally {
            lock.unlock();
        }
    }

    /** Finished ones first. */
    List<PendingTransaction> all() {
        lock.lock();
        try {
            List<PendingTransaction> all = new ArrayList<>(finished.values());
            all.addAll(open.values());
            return all;
        } finally {
            lock.unlock();
        }
    }
}
