package dev.tocsin.rpcpool.sender;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/** Nonces counted in this process. */
final class CountedNonces implements NonceSource {

    /** What the chain says. */
    @FunctionalInterface
    interface ChainCount {
        long ask() throws InterruptedException;
    }

    /** Which nonces others have taken, of which the chain cannot know. */
    @FunctionalInterface
    interface Elsewhere {
        Set<Long> taken() throws InterruptedException;
    }

    private final ChainCount chain;
    private final Elsewhere elsewhere;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows
    private final Map<String, Long> reserved =
            new HashMap<>(); // guarded by lock; at most one for each request under way
    private final TreeSet<Long> used = new TreeSet<>(); // guarded by lock; reserved or sent, from floor on
    private long floor; // guarded by lock; the most that the chain has said

    CountedNonces(ChainCount chain, Elsewhere elsewhere) {
        this.chain = chain;
        this.elsewhere = elsewhere;
    }

    /** The lowest that nobody has: so a gap left by a crash, or by one that was released, is closed first. */
    @Override
    public long reserve(String key) throws InterruptedException {
        long count = chain.ask();
        Set<Long> taken = elsewhere.taken();
        lock.lock();
        try {
            Long known = reserved.get(key);
            if (known != null) {
                return known;
            }
            floor = Math.max(floor, count);
            used.headSet(floor).clear();
            long nonce = floor;
            while (taken.contains(nonce) || !used.add(nonce)) {
                nonce++;
            }
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
            used.add(nonce);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(String key) {
        lock.lock();
        try {
            Long nonce = reserved.remove(key);
            if (nonce != null) {
                used.remove(nonce);
            }
        } finally {
            lock.unlock();
        }
    }
}
