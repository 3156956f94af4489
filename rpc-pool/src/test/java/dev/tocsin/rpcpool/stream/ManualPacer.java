package dev.tocsin.rpcpool.stream;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Idles until the test says so; pauses are remembered and take no time. */
final class ManualPacer implements Pacer {
    final List<Duration> pauses = new CopyOnWriteArrayList<>();
    final Semaphore turns = new Semaphore(0);
    final AtomicInteger idles = new AtomicInteger();
    final AtomicInteger wakes = new AtomicInteger();

    @Override
    public void pause(Duration duration) {
        pauses.add(duration);
    }

    @Override
    public boolean idle(Duration duration) throws InterruptedException {
        idles.incrementAndGet();
        turns.acquire();
        return false;
    }

    @Override
    public void wake() {
        wakes.incrementAndGet();
    }

    /** Lets the stream look at the chain, which must not be changed meanwhile, and waits until it has nothing to do. */
    void turn() {
        int before = idles.get();
        turns.release();
        await().until(() -> idles.get() > before);
    }
}
