package dev.tocsin.rpcpool.sender;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes so that it is on the disk afterwards. Streams, not channels: an interrupt must not break off what is half written. */
final class DurableFile {
    private DurableFile() {}

    /** The one name of a file that may not exist yet. */
    static Path real(Path file) {
        Path absolute = file.toAbsolutePath();
        try {
            Path folder = absolute.getParent();
            Path name = absolute.getFileName();
            if (folder == null || name == null) {
                throw new IllegalArgumentException("file must have a name, was " + file);
            }
            return folder.toRealPath().resolve(name);
        } catch (IOException e) {
            throw new IllegalArgumentException("the folder of file must exist, was " + file, e);
        }
    }

    /** The whole text; empty if there is no file. */
    static String read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The old text or the new one, whatever happens. */
    static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        write(fresh, text, false);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path folder = file.getParent();
        if (folder != null) {
            force(folder);
        }
    }

    static void append(Path file, String text) throws IOException {
        write(file, text, true);
    }

    private static void write(Path file, String text, boolean append) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile(), append)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.getFD().sync();
        }
    }

    /** A folder can be forced by a channel only, which an interrupt closes: then once more, without it. */
    private static void force(Path folder) throws IOException {
        if (!Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            return; // such systems do not let folders be opened
        }
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
