package dev.tocsin.rpcpool.sender;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/** Nonces counted in this process. */
final class CountedNonces implements NonceSource {

    /** What the chain says. */
    @FunctionalInterface
    interface ChainCount {
        long ask() throws InterruptedException;
    }

    private final ChainCount chain;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Map<String, Long> reserved =
            new HashMap<>(); // guarded by lock; at most one for each request under way
    private final TreeSet<Long> free = new TreeSet<>(); // guarded by lock; released ones below next
    private long next; // guarded by lock

    CountedNonces(ChainCount chain) {
        this.chain = chain;
    }

    @Override
    public long reserve(String key) throws InterruptedException {
        long count = chain.ask();
        lock.lock();
        try {
            Long known = reserved.get(key);
            if (known != null) {
                return known;
            }
            free.headSet(count).clear(); // used by somebody else
            next = Math.max(next, count);
            Long released = free.pollFirst();
            long nonce = released != null ? released : next++;
            reserved.put(key, nonce);
            return nonce;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void sent(String key, long nonce) {
        lock.lock();
        try {
            reserved.remove(key);
            free.remove(nonce);
            next = Math.max(next, nonce + 1);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(String key) {
        lock.lock();
        try {
            Long nonce = reserved.remove(key);
            if (nonce == null) {
                return;
            }
            free.add(nonce);
            while (!free.isEmpty() && free.last() == next - 1) {
                free.pollLast();
                next--;
            }
        } finally {
            lock.unlock();
        }
    }
}
