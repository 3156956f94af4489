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
    private volatile long due = System.nanoTime();
    private final Thread thread;

    private record Delay(long due, long ran) {
        long within(long from, long to) {
            return ran - due > FELT ? Math.max(0, Math.min(ran - from, to - from) - Math.max(due - from, 0)) : 0;
        }
    }

    private Delays() {
        thread = Thread.ofVirtual().name("delays").start(this::watch);
    }

    static Delays start() {
        return new Delays();
    }

    private void watch() {
        try {
            while (true) {
                due = System.nanoTime() + NAP;
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

    /** How long of the time between a moment and now it could not run; it may be waiting still. */
    long between(long from, long now) {
        long all = new Delay(due, now).within(from, now);
        for (Delay delay : delays) {
            all += delay.within(from, now);
        }
        return all;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
