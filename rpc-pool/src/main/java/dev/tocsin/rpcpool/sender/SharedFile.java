package dev.tocsin.rpcpool.sender;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * A cell in a file that several processes share. The lock is on a file beside it, since the file itself is replaced.
 *
 * <p>Locks of the operating system belong to the process, and closing any handle of the file frees them; so within this process one lock for
 * each file is held around it all. It is held over I/O: that is what it is for.
 */
final class SharedFile implements Cell {
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>(); // one for each file ever named

    private final Path file;
    private final Path lockFile;
    private final ReentrantLock lock;
    private final LongSupplier nanoTicker;

    SharedFile(Path file, LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
        this.file = DurableFile.real(file);
        this.lockFile = this.file.resolveSibling(this.file.getFileName() + ".lock");
        this.lock = LOCKS.computeIfAbsent(this.file, path -> new ReentrantLock());
    }

    @Override
    public void update(UnaryOperator<String> change) {
        lock.lock();
        try (RandomAccessFile handle = new RandomAccessFile(lockFile.toFile(), "rw");
                FileLock held = acquire(handle)) {
            String before = DurableFile.read(file);
            if (!held.isValid() || (before.isEmpty() && Files.exists(file))) {
                throw new IOException("it is empty, though it was never written so");
            }
            String after = change.apply(before);
            if (!after.equals(before)) {
                DurableFile.replace(file, after);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not read or write " + file, e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** Asks again and again: a wait for the lock itself could neither be bounded nor left. */
    private FileLock acquire(RandomAccessFile handle) throws IOException {
        long start = nanoTicker.getAsLong();
        boolean interrupted = false;
        try {
            while (true) {
                FileLock held = handle.getChannel().tryLock();
                if (held != null) {
                    return held;
                }
                if (nanoTicker.getAsLong() - start >= MOST_NANOS) {
                    throw new IOException(lockFile + " is held by another process for more than 10 s");
                }
                LockSupport.parkNanos(STEP_NANOS);
                interrupted |= Thread.interrupted(); // what is counted here must not depend on it
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
