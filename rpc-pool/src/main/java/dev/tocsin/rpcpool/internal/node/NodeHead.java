package dev.tocsin.rpcpool.internal.node;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How far a node has come, by its own word. Safe for use by many threads; read without a lock. */
final class NodeHead {

    /** Answers to calls that were under way at once may come in another order. */
    private static final long AT_ONCE = Duration.ofMillis(250).toNanos();

    private final ReentrantLock lock = new ReentrantLock(); // guards writing

    private volatile long number = -1;
    private volatile long finalized = -1;
    private volatile long toldAt;
    private volatile long changedAt;
    private volatile @Nullable Head named;
    private volatile long namedAt;
    private volatile long namedSince;
    private volatile boolean hasLeapt;
    private volatile boolean hasGoneBack;
    private volatile long wentBackAt;
    private volatile long highest = -1;
    private long highestAt; // guarded by lock
    private long doubted = -1; // guarded by lock
    private volatile int oldFinalized;
    private volatile long peers = -1;

    /** Its newest block; -1 if it has told of none. */
    long number() {
        return number;
    }

    /** Its newest finalized block; -1 if it has told of none. */
    long finalized() {
        return finalized;
    }

    /** When it last told of its newest block, be it the same as before. */
    long toldAt() {
        return toldAt;
    }

    /** The last block that it named by its hash as its newest; null if it has named none. */
    @Nullable Head named() {
        return named;
    }

    /** Likewise, if it was the same at a time; null if not. */
    @Nullable Head namedSince(long time) {
        Head last = named; // read first, as it is written last
        return last != null && namedSince - time <= 0 ? last : null;
    }

    /** When it last did; only to be asked if it ever has. */
    long namedAt() {
        return namedAt;
    }

    /** When its newest block was last another than before. */
    long changedAt() {
        return changedAt;
    }

    /** Whether it is far ahead of most nodes, after more new blocks than there was time for. */
    boolean hasLeapt() {
        return hasLeapt;
    }

    /** The newest block that it has told of; -1 if of none. It may have gone back since. */
    long highest() {
        return highest;
    }

    /** What it told of before it went back was given up. */
    void forgetHighest() {
        lock.lock();
        try {
            highest = number;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has told of a lower head than before, and not longer ago than that: behind its name may be several nodes. */
    boolean hasGoneBack(long now, long nanos) {
        return hasGoneBack && now - wentBackAt < nanos;
    }

    /** How often in a row it has told of a finalized block older than the one that most have. */
    int oldFinalized() {
        return oldFinalized;
    }

    /** How many nodes it is connected to; -1 if it has not told. */
    long peers() {
        return peers;
    }

    void told(long head, boolean leapt, long now) {
        lock.lock();
        try {
            toldAt = now;
            hasLeapt = leapt;
            doubted = -1;
            if (head > highest) {
                highest = head;
                highestAt = now;
            } else if (head < highest && now - highestAt > AT_ONCE) {
                wentBackAt = now;
                hasGoneBack = true;
            }
            if (head != number) {
                changedAt = now;
                number = head;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has told of about such a head just before, which was too far ahead to be believed at once. */
    boolean tellsAgain(long head, long about) {
        lock.lock();
        try {
            boolean again = doubted >= 0 && Math.abs(head - doubted) <= about;
            doubted = head;
            return again;
        } finally {
            lock.unlock();
        }
    }

    /** Its newest block, by its hash. */
    void named(Head head, long now) {
        lock.lock();
        try {
            namedAt = now;
            Head last = named;
            namedSince = last != null && last.isSame(head) ? namedSince : now;
            named = head;
        } finally {
            lock.unlock();
        }
    }

    void toldFinalized(long block, boolean isOld) {
        lock.lock();
        try {
            finalized = block;
            oldFinalized = isOld ? oldFinalized + 1 : 0;
        } finally {
            lock.unlock();
        }
    }

    void toldPeers(long count) {
        peers = count;
    }
}
