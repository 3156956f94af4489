package dev.tocsin.rpcpool.internal.node;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether a node takes much longer than others do for the same calls. Only comparisons count: another node was asked as well, and answered
 * before. It was beaten <em>by far</em> if it took half a second, and three times as long as the other. The node is slow
 *
 * <ul>
 *   <li>when it was beaten five times in a row, or in ten of its last 32 calls, and at least once by far;
 *   <li>when it is beaten in two of a hundred calls, and by far in the last three that were let run on.
 * </ul>
 *
 * So neither a slow method nor a rare stall nor a neighbour that is somewhat quicker make a node slow. One attempt that is beaten at a time is
 * let run on, so that it is known how long it would have taken.
 *
 * <p>It is slow no more after five quick answers in a row; after twice as many each time it becomes slow again within a minute, twenty at
 * most; after twenty if it is only sometimes slow. For that minute it is on trial: one that was let run on is enough. Safe for use by many
 * threads.
 */
public final class Slowness {

    /** What takes no longer is never called late. */
    public static final long LATE = Duration.ofMillis(500).toNanos();

    private static final int TIMES = 3;
    private static final int IN_A_ROW = 0b11111;
    private static final int MANY = 10;
    private static final int WHOLE = 1 << 16; // shares are fixed-point numbers
    private static final int OF_LAST = 8; // a share is of about the last 2^8 calls
    private static final int TOO_OFTEN = WHOLE / 50;
    private static final int FAR_IN_A_ROW = 3;
    private static final int FEWEST_QUICK = 5;
    private static final int MOST_QUICK = 20;
    private static final long SOON = Duration.ofMinutes(1).toNanos();

    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private volatile boolean isSlow; // written under lock
    private volatile int beaten; // written under lock; one bit for each of the last 32 calls
    private int byFar; // guarded by lock; likewise
    private volatile int share; // written under lock; of the calls in which it was beaten
    private int farInARow; // guarded by lock; of those that were let run on
    private final AtomicBoolean isFollowed = new AtomicBoolean();
    private boolean hasBeenSlow; // guarded by lock
    private long backSince; // guarded by lock
    private int quickNeeded = FEWEST_QUICK; // guarded by lock
    private int quickInARow; // guarded by lock

    public boolean isSlow() {
        return isSlow;
    }

    /** From which time on a node took much longer than another that took so long for the same call. */
    public static long farFrom(long other) {
        return Math.max(LATE, TIMES * (other + 1));
    }

    /** Whether a time is much longer than another node's for the same call. */
    public static boolean isFarAbove(long nanos, long other) {
        return nanos >= farFrom(other);
    }

    /** It answered, and nobody before it. What takes long proves nothing. */
    public void answered(long took, long now) {
        if (isSlow) {
            tried(took < LATE, now);
        } else if ((beaten | share) != 0 && took < LATE) {
            remember(0, 0, now);
        }
    }

    /** Another node took so long, and answered before it, which was waited for so long. */
    public void beaten(long waited, long other, long now) {
        remember(1, isFarAbove(waited, other) ? 1 : 0, now);
    }

    /** Whether an attempt that is being beaten is to run on, so that it is known how long it takes: then {@link #followed}. */
    public boolean follow() {
        return !isSlow && isFollowed.compareAndSet(false, true);
    }

    /** An attempt that was beaten took so long, if it was not cut short before. */
    public void followed(long took, long other, long now) {
        lock.lock();
        try {
            if (isFarAbove(took, other)) {
                byFar |= 1;
                farInARow++;
            } else {
                farInARow = 0;
            }
            judge(now);
        } finally {
            lock.unlock();
            isFollowed.set(false);
        }
    }

    /** There was nothing that could run on. */
    public void notFollowed() {
        isFollowed.set(false);
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
                share = 2 * TOO_OFTEN; // on trial
                farInARow = 0;
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
            int before = share;
            share = before + ((wasBeaten * WHOLE - before) >> OF_LAST);
            if (share == 0) {
                farInARow = 0; // long ago
            }
            judge(now);
        } finally {
            lock.unlock();
        }
    }

    /** Under lock. */
    private void judge(long now) {
        boolean often = (beaten & IN_A_ROW) == IN_A_ROW || Integer.bitCount(beaten) >= MANY;
        boolean mostly = often && byFar != 0;
        boolean again = hasBeenSlow && now - backSince < SOON;
        boolean sometimes = share >= TOO_OFTEN && farInARow >= (again ? 1 : FAR_IN_A_ROW);
        if (!isSlow && (mostly || sometimes)) {
            int few = again ? Math.min(MOST_QUICK, 2 * quickNeeded) : FEWEST_QUICK;
            quickNeeded = mostly ? few : MOST_QUICK;
            quickInARow = 0;
            hasBeenSlow = true;
            isSlow = true;
        }
    }
}
