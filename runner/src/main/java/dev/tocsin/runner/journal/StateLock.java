package dev.tocsin.runner.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second process from working on the same state file when no coordination decides between them. Held by the operating
 * system, so it is gone with the process, however it ends.
 */
public final class StateLock implements AutoCloseable {

    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock of a state file.
     *
     * @param file the state file; the lock lies beside it
     * @return the lock; close it
     * @throws JournalException if another process has it, or it cannot be made
     */
    public static StateLock take(Path file) {
        Path beside = file.resolveSibling(file.getFileName() + ".lock");
        try {
            Path folder = beside.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel)) {
                return new StateLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new JournalException("cannot make the lock " + beside + ": " + e.getMessage(), e);
        }
        throw new JournalException("another Tocsin works on " + file
                + "; expected a file of its own, or coordination.redis in both, so that one of them stands by");
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Gives it back. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new JournalException("cannot close the lock of the state file: " + e.getMessage(), e);
        }
    }
}
