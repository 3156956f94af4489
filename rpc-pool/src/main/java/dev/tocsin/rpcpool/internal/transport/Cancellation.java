package dev.tocsin.rpcpool.internal.transport;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Lets one thread give up what another is waiting for. Safe for use by many threads. */
public final class Cancellation {

    private final ReentrantLock lock = new ReentrantLock(); // guards both fields
    private @Nullable Runnable action; // guarded by lock
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

    public boolean isCancelled() {
        lock.lock();
        try {
            return isCancelled;
        } finally {
            lock.unlock();
        }
    }
}
