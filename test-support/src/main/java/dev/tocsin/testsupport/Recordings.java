package dev.tocsin.testsupport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the folder of recorded real blocks and logs. It is not part of the repository: it lies beside it in {@code shared/data/open}, or
 * where the environment variable {@code TOCSIN_DATA} says.
 */
public final class Recordings {
    private static final String VARIABLE = "TOCSIN_DATA";

    private Recordings() {}

    /**
     * The folder with {@code blocks/} and {@code logs/}. Skips the test (in CI: fails it) where there is none.
     *
     * @return an existing folder
     */
    public static Path open() {
        return Requires.present(
                find(System.getenv(VARIABLE), Path.of("").toAbsolutePath()),
                "needs the recorded chain data: put it in shared/data/open beside the repository, or set TOCSIN_DATA to its folder");
    }

    /**
     * Looks for the folder without skipping anything.
     *
     * @param configured the folder that somebody named, or null; itself or its sub-folder {@code open} holds {@code blocks/}
     * @param start where the walk upwards begins if nobody named a folder
     * @return the folder, or empty
     */
    static Optional<Path> find(@Nullable String configured, Path start) {
        if (configured != null && !configured.isBlank()) {
            Path named = Path.of(configured).toAbsolutePath();
            return hasBlocks(named)
                    ? Optional.of(named)
                    : Optional.of(named.resolve("open")).filter(Recordings::hasBlocks);
        }
        for (Path at = start; at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared/data/open");
            if (hasBlocks(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean hasBlocks(Path folder) {
        return Files.isDirectory(folder.resolve("blocks"));
    }
}
