package dev.tocsin.rpcpool.internal.transport;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Lets one thread give up what another is waiting for. Safe for use by many threads. */
public final class Cancellation {

    private final ReentrantLock lock = new ReentrantLock(); // guards all fields
    private @Nullable Runnable action; // guarded by lock
    private @Nullable Runnable goAway; // guarded by lock; while there is an exchange that may be left
    private @Nullable Runnable whenEnded; // guarded by lock; once it has been left
    private boolean isCancelled; // guarded by lock

    /** Sets what giving up does; done at once if that has been asked for. */
    public void onCancel(Runnable freeing) {
        boolean late;
        lock.lock();
        try {
            action = freeing;
            late = isCancelled;
        } finally {
            lock.unlock();
        }
        if (late) {
            freeing.run();
        }
    }

    /** Sets what makes the waiting thread go away while the exchange itself runs on, which is then to tell when it has {@link #ended}. */
    public void onLeave(Runnable leaving) {
        lock.lock();
        try {
            goAway = leaving;
        } finally {
            lock.unlock();
        }
    }

    /** Gives up. Does nothing the second time. */
    public void cancel() {
        Runnable freeing;
        lock.lock();
        try {
            freeing = isCancelled ? null : action;
            isCancelled = true;
        } finally {
            lock.unlock();
        }
        if (freeing != null) {
            freeing.run();
        }
    }

    /**
     * Lets the waiting thread go. The exchange runs on until it ends or is cancelled.
     *
     * @param then runs then
     * @return false if there is no exchange that could run on: nothing has happened
     */
    public boolean leave(Runnable then) {
        Runnable leaving;
        lock.lock();
        try {
            leaving = isCancelled ? null : goAway;
            if (leaving == null) {
                return false;
            }
            whenEnded = then;
        } finally {
            lock.unlock();
        }
        leaving.run();
        return true;
    }

    /** The exchange is over, however it ended. */
    public void ended() {
        Runnable then;
        lock.lock();
        try {
            then = whenEnded;
            whenEnded = null;
            goAway = null;
        } finally {
            lock.unlock();
        }
        if (then != null) {
            then.run();
        }
    }

    /** Whether the exchange runs on with nobody waiting for it. */
    public boolean isLeft() {
        lock.lock();
        try {
            return whenEnded != null;
        } finally {
            lock.unlock();
        }
    }

    public boolean isCancelled() {
        lock.lock();
        try {
            return isCancelled;
        } finally {
            lock.unlock();
        }
    }
}
