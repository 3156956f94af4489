package dev.tocsin.rpcpool;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Times in which a virtual thread that does nothing but sleep wanted to run and could not: what a machine with too few processors, and the
 * collector of garbage, take from all virtual threads.
 */
final class Delays implements AutoCloseable {

    private static final long NAP = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long FELT = TimeUnit.MILLISECONDS.toNanos(5); // what is shorter is how clocks are

    private final Queue<Delay> delays = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    private record Delay(long due, long ran) {}

    private Delays() {
        thread = Thread.ofVirtual().name("delays").start(this::watch);
    }

    static Delays start() {
        return new Delays();
    }

    private void watch() {
        try {
            while (true) {
                long due = System.nanoTime() + NAP;
                TimeUnit.NANOSECONDS.sleep(NAP);
                long now = System.nanoTime();
                if (now - due > FELT) {
                    delays.add(new Delay(due, now));
                }
            }
        } catch (InterruptedException e) {
            // over
        }
    }

    /** How long of the time between two moments it could not run. */
    long between(long from, long to) {
        long all = 0;
        for (Delay delay : delays) {
            long begin = Math.max(delay.due - from, 0);
            long end = Math.min(delay.ran - from, to - from);
            all += Math.max(0, end - begin);
        }
        return all;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
