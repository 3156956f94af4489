package dev.tocsin.runner.demo;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a receiver of the demo has received: the newest {@value #MAX_KEPT} deliveries, and how often each key came, of up to
 * {@value #MAX_KEYS} keys; beyond those deliveries are counted, their keys are not.
 */
final class Inbox {

    private static final int MAX_KEPT = 1_000;
    private static final int MAX_KEYS = 100_000;

    /** Guards what follows. */
    private final ReentrantLock lock = new ReentrantLock();

    private final ArrayDeque<Received> newest = new ArrayDeque<>(); // guarded by lock
    private final Map<String, Integer> timesByKey = new HashMap<>(); // guarded by lock
    private long deliveries; // guarded by lock
    private long repeats; // guarded by lock

    void add(Received received) {
        lock.lock();
        try {
            deliveries++;
            newest.addLast(received);
            if (newest.size() > MAX_KEPT) {
                newest.removeFirst();
            }
            if (!received.key().isEmpty()
                    && (timesByKey.size() < MAX_KEYS || timesByKey.containsKey(received.key()))
                    && timesByKey.merge(received.key(), 1, Integer::sum) > 1) {
                repeats++;
            }
        } finally {
            lock.unlock();
        }
    }

    long deliveries() {
        lock.lock();
        try {
            return deliveries;
        } finally {
            lock.unlock();
        }
    }

    long repeats() {
        lock.lock();
        try {
            return repeats;
        } finally {
            lock.unlock();
        }
    }

    Set<String> keys() {
        lock.lock();
        try {
            return Set.copyOf(timesByKey.keySet());
        } finally {
            lock.unlock();
        }
    }

    List<Received> newest() {
        lock.lock();
        try {
            return List.copyOf(newest);
        } finally {
            lock.unlock();
        }
    }
}
