package dev.tocsin.rpcpool.sender;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** A cell that ends with the process. */
final class MemoryCell implements Cell {
    private final ReentrantLock lock = new ReentrantLock(); // guards text
    private String text = ""; // guarded by lock

    @Override
    public void update(UnaryOperator<String> change) {
        lock.lock();
        try {
            text = change.apply(text);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "memory";
    }
}
