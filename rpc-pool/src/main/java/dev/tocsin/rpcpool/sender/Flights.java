package dev.tocsin.rpcpool.sender;

import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/** One thread at a time works on a key; others that come meanwhile wait for what it finds out. */
final class Flights<T> {
    /** Work on a key. */
    @FunctionalInterface
    interface Flight<T> {
        T run() throws InterruptedException;
    }

    private final Map<String, CompletableFuture<T>> underWay = new ConcurrentHashMap<>(); // one for each caller at most

    T run(String key, Flight<T> flight) throws InterruptedException {
        CompletableFuture<T> mine = new CompletableFuture<>();
        CompletableFuture<T> other = underWay.putIfAbsent(key, mine);
        if (other != null) {
            return await(other);
        }
        try {
            T result = flight.run();
            mine.complete(result);
            return result;
        } finally {
            underWay.remove(key, mine);
            mine.cancel(false); // only if it threw
        }
    }

    private static <T> T await(CompletableFuture<T> other) throws InterruptedException {
        try {
            return other.get();
        } catch (ExecutionException | CancellationException e) {
            throw new IllegalStateException("the thread that worked on the same key failed; ask again", e);
        }
    }
}
