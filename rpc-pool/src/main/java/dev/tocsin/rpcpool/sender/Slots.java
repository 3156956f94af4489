package dev.tocsin.rpcpool.sender;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** At most so many keys pending at once. */
final class Slots {
    private final int most;
    private final ReentrantLock lock = new ReentrantLock(); // guards keys
    private final Set<String> keys = new HashSet<>(); // guarded by lock

    Slots(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    /** For what is pending since an earlier run, even if that is too much. */
    void keep(String key) {
        lock.lock();
        try {
            keys.add(key);
        } finally {
            lock.unlock();
        }
    }

    boolean take(String key) {
        lock.lock();
        try {
            return keys.contains(key) || (keys.size() < most && keys.add(key));
        } finally {
            lock.unlock();
        }
    }

    void free(String key) {
        lock.lock();
        try {
            keys.remove(key);
        } finally {
            lock.unlock();
        }
    }
}
