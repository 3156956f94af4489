package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.internal.transport.Timer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that wait until a node has room: one line for all nodes, so that nobody waits for a slow one while another is free. Who comes
 * first tries first; whoever finds that there is room, but not for him, lets the next one try. Its length is bounded by the callers' threads.
 */
final class WaitingLine {

    /** Room may come by other ways than a call that ends, such as a node that is well again: the first looks by himself. */
    private static final long LOOK_AGAIN = 50_000_000;

    private final Queue<Place> line = new ConcurrentLinkedQueue<>();
    private final Timer timer;
    private final LongSupplier nanoTicker;

    private static final class Place {
        private final Thread thread = Thread.currentThread();
    }

    WaitingLine(Timer timer, LongSupplier nanoTicker) {
        this.timer = timer;
        this.nanoTicker = nanoTicker;
    }

    boolean isEmpty() {
        return line.isEmpty();
    }

    /** There may be room. */
    void wake() {
        Place first = line.peek();
        if (first != null) {
            timer.unpark(first.thread);
        }
    }

    /**
     * Waits in line until something can be had.
     *
     * @param attempt what is wanted; null if it cannot be had now
     * @param isRoom whether others might get it
     * @return what was wanted; null if the time was up before
     */
    <T> @Nullable T await(Supplier<@Nullable T> attempt, BooleanSupplier isRoom, long nanos)
            throws InterruptedException {
        Place mine = new Place();
        long deadline = nanoTicker.getAsLong() + nanos;
        line.add(mine);
        try {
            wake();
            boolean mayTry = false; // by itself only the first may
            for (long left = nanos; left > 0; left = deadline - nanoTicker.getAsLong()) {
                boolean isFirst = line.peek() == mine;
                if (isFirst || mayTry) {
                    T got = attempt.get();
                    if (got != null) {
                        return got;
                    }
                    if (isRoom.getAsBoolean()) {
                        wakeAfter(mine);
                    }
                }
                timer.park(isFirst ? Math.min(left, LOOK_AGAIN) : left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                mayTry = true;
            }
            return null;
        } finally {
            line.remove(mine);
            wake();
        }
    }

    private void wakeAfter(Place mine) {
        boolean passed = false;
        for (Place place : line) {
            if (passed) {
                timer.unpark(place.thread);
                return;
            }
            passed = place == mine;
        }
    }
}
