package dev.tocsin.rpcpool.internal.node;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether a node takes much longer than others do for the same calls. Only comparisons count: another node was asked as well, and answered
 * before. The node is slow when it was beaten five times in a row, or in ten of its last 32 calls, and at least once by far: it had been
 * waited for half a second, three times as long as the other took. So neither a slow method nor a few stalls nor a neighbour that is somewhat
 * quicker make a node slow.
 *
 * <p>It is slow no more after five quick answers in a row; after twice as many each time it becomes slow again within a minute, twenty at
 * most. Safe for use by many threads.
 */
public final class Slowness {

    /** What takes no longer is never called late. */
    public static final long LATE = Duration.ofMillis(500).toNanos();

    private static final int TIMES = 3;
    private static final int IN_A_ROW = 0b11111;
    private static final int MANY = 10;
    private static final int FEWEST_QUICK = 5;
    private static final int MOST_QUICK = 20;
    private static final long SOON = Duration.ofMinutes(1).toNanos();

    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private volatile boolean isSlow; // written under lock
    private volatile int beaten; // written under lock; one bit for each of the last 32 calls
    private int byFar; // guarded by lock; likewise
    private boolean hasBeenSlow; // guarded by lock
    private long backSince; // guarded by lock
    private int quickNeeded = FEWEST_QUICK; // guarded by lock
    private int quickInARow; // guarded by lock

    public boolean isSlow() {
        return isSlow;
    }

    /** Whether a time is much longer than another node's for the same call. */
    public static boolean isFarAbove(long nanos, long other) {
        return nanos >= LATE && nanos / TIMES > other;
    }

    /** It answered, and nobody before it. What takes long proves nothing. */
    public void answered(long took, long now) {
        if (isSlow) {
            tried(took < LATE, now);
        } else if (beaten != 0 && took < LATE) {
            remember(0, 0, now);
        }
    }

    /** Another node took so long, and answered before it. */
    public void beaten(long waited, long other, long now) {
        remember(1, isFarAbove(waited, other) ? 1 : 0, now);
    }

    /** It was tried: was it quick, compared with another? */
    public void tried(boolean wasQuick, long now) {
        lock.lock();
        try {
            quickInARow = wasQuick ? quickInARow + 1 : 0;
            if (isSlow && quickInARow >= quickNeeded) {
                isSlow = false;
                backSince = now;
                beaten = 0;
                byFar = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    private void remember(int wasBeaten, int wasFar, long now) {
        lock.lock();
        try {
            beaten = (beaten << 1) | wasBeaten;
            byFar = (byFar << 1) | wasFar;
            boolean often = (beaten & IN_A_ROW) == IN_A_ROW || Integer.bitCount(beaten) >= MANY;
            if (!isSlow && often && byFar != 0) {
                boolean again = hasBeenSlow && now - backSince < SOON;
                quickNeeded = again ? Math.min(MOST_QUICK, 2 * quickNeeded) : FEWEST_QUICK;
                quickInARow = 0;
                hasBeenSlow = true;
                isSlow = true;
            }
        } finally {
            lock.unlock();
        }
    }
}
