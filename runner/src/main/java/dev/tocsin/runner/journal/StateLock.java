package dev.tocsin.runner.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps processes from working on the same state file when no coordination decides between them. Held by the operating
 * system, so it is gone with the process, however it ends.
 */
public final class StateLock implements AutoCloseable {

    private static final int ATTEMPTS = 10;

    private final Path beside;
    private final FileChannel channel;
    private final boolean isShared;

    private StateLock(Path beside, FileChannel channel, boolean isShared) {
        this.beside = beside;
        this.channel = channel;
        this.isShared = isShared;
    }

    /**
     * Takes the lock of a state file.
     *
     * @param file the state file; the lock lies beside it
     * @return the lock; close it
     * @throws JournalException if another process has it, or it cannot be made
     */
    public static StateLock take(Path file) {
        return take(file, false);
    }

    /**
     * Takes the lock of a state file together with others who share it: those between whom coordination decides. One who works alone
     * is kept away, and keeps them away.
     *
     * @param file the state file
     * @return the lock; close it
     * @throws JournalException if a process that works alone has it, or it cannot be made
     */
    public static StateLock share(Path file) {
        return take(file, true);
    }

    private static StateLock take(Path file, boolean isShared) {
        Path beside = file.resolveSibling(file.getFileName() + ".lock");
        try {
            Path folder = beside.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            for (int i = 0; i < ATTEMPTS; i++) {
                create(beside);
                Object identity = identity(beside);
                FileChannel channel = FileChannel.open(
                        beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
                if (!locked(channel, isShared)) {
                    channel.close();
                    break;
                }
                // its holder may have taken the file away before we locked what we had opened: then it guards nothing
                if (Files.exists(beside) && Objects.equals(identity, identity(beside))) {
                    return new StateLock(beside, channel, isShared);
                }
                channel.close();
            }
        } catch (IOException e) {
            throw JournalException.refused("cannot make the lock " + beside, e);
        }
        throw new JournalException("another Tocsin works on " + file
                + "; expected a file of its own, or coordination.redis in both, so that one of them stands by");
    }

    private static void create(Path beside) throws IOException {
        try {
            Files.createFile(beside);
        } catch (FileAlreadyExistsException e) {
            // of another process, or of one that was killed
        }
    }

    /** Which file lies there at this moment; null where the file system does not tell. */
    private static @Nullable Object identity(Path beside) throws IOException {
        try {
            return Files.readAttributes(beside, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static boolean locked(FileChannel channel, boolean isShared) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, isShared) != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Gives it back, and takes its file away if nobody can share it. Does nothing the second time. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return; // the file that lies there now is another's
        }
        try (channel) {
            if (!isShared) {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new JournalException("cannot close the lock of the state file: " + e.getMessage(), e);
        }
    }
}
