package dev.tocsin.rpcpool.sender;

import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/** One thread at a time works on a key; others that come meanwhile wait for what it finds out. If it fails, one of them does the work. */
final class Flights<T> {
    /** Work on a key. */
    @FunctionalInterface
    interface Flight<T> {
        T run() throws InterruptedException;
    }

    private final Map<String, CompletableFuture<T>> underWay = new ConcurrentHashMap<>(); // one for each caller at most

    T run(String key, Flight<T> flight) throws InterruptedException {
        while (true) {
            CompletableFuture<T> mine = new CompletableFuture<>();
            CompletableFuture<T> other = underWay.putIfAbsent(key, mine);
            if (other == null) {
                return work(key, mine, flight);
            }
            try {
                return other.get();
            } catch (ExecutionException | CancellationException e) {
                // its failure may be its own, such as an interrupt: our turn
            }
        }
    }

    /** Works on a key only if nobody does; false if somebody does. */
    boolean tryRun(String key, Flight<T> flight) throws InterruptedException {
        CompletableFuture<T> mine = new CompletableFuture<>();
        boolean isFree = underWay.putIfAbsent(key, mine) == null;
        if (isFree) {
            work(key, mine, flight);
        }
        return isFree;
    }

    private T work(String key, CompletableFuture<T> mine, Flight<T> flight) throws InterruptedException {
        try {
            T result = flight.run();
            mine.complete(result);
            return result;
        } finally {
            underWay.remove(key, mine);
            mine.cancel(false); // only if it threw
        }
    }
}
