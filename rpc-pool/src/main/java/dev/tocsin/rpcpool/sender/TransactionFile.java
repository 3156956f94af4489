package dev.tocsin.rpcpool.sender;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A journal: a line for each change, appended and forced; written anew with what is still known when it is opened, when most of its lines are
 * old, and after a write that failed. Only its last line can be broken by a crash; it had not been acted on, and is left out.
 */
final class TransactionFile implements PendingTransactions {
    private static final int FEW_LINES = 200;

    private final Path file;
    private final RandomAccessFile holder;
    private final KnownTransactions known = new KnownTransactions();
    private final ReentrantLock lock =
            new ReentrantLock(); // guards the order of changes; held over I/O, which is what it orders
    private int lines; // guarded by lock
    private boolean mayBeBroken; // guarded by lock; the file may end in half a line
    private boolean closed; // guarded by lock

    TransactionFile(Path path) {
        file = DurableFile.real(path);
        boolean opened = false;
        RandomAccessFile handle = null;
        try {
            handle = new RandomAccessFile(
                    file.resolveSibling(file.getFileName() + ".lock").toFile(), "rw");
            holder = handle;
            if (!isOurs()) {
                throw new IllegalStateException(file + " is in use");
            }
            load();
            rewrite();
            opened = true;
        } catch (IOException e) {
            throw new UncheckedIOException("could not open " + file, e);
        } finally {
            if (!opened && handle != null) {
                closeQuietly(handle);
            }
        }
    }

    private boolean isOurs() throws IOException {
        try {
            return holder.getChannel().tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void load() throws IOException {
        String text = DurableFile.read(file);
        int number = 0;
        for (int start = 0; ; number++) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                return;
            }
            try {
                TransactionText.read(text.substring(start, end), known);
            } catch (RuntimeException e) {
                throw new IllegalStateException("line " + (number + 1) + " of " + file + " is not ours", e);
            }
            start = end + 1;
        }
    }

    @Override
    public Optional<PendingTransaction> find(String key) {
        return known.find(key);
    }

    @Override
    public List<PendingTransaction> open() {
        return known.open();
    }

    @Override
    public void save(PendingTransaction transaction) {
        write(TransactionText.line(transaction), () -> known.save(transaction));
    }

    @Override
    public void remove(String key) {
        write(TransactionText.removal(key), () -> known.remove(key));
    }

    private void write(String line, Runnable then) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(file + " is closed");
            }
            if (mayBeBroken || lines > FEW_LINES + 2 * known.size()) {
                rewrite();
            }
            mayBeBroken = true;
            DurableFile.append(file, line);
            mayBeBroken = false;
            lines++;
            then.run();
        } catch (IOException e) {
            throw new UncheckedIOException("could not write " + file, e);
        } finally {
            lock.unlock();
        }
    }

    private void rewrite() throws IOException {
        StringBuilder text = new StringBuilder();
        List<PendingTransaction> all = known.all();
        all.forEach(transaction -> text.append(TransactionText.line(transaction)));
        DurableFile.replace(file, text.toString());
        lines = all.size();
        mayBeBroken = false;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closeQuietly(holder);
        } finally {
            lock.unlock();
        }
    }

    private static void closeQuietly(RandomAccessFile handle) {
        try {
            handle.close();
        } catch (IOException e) {
            // what was written is on the disk already; the lock ends with the process
        }
    }
}
