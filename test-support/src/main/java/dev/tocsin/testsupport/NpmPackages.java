package dev.tocsin.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Packages of npm that tests use: real contracts and the Anvil node. They are installed by the ordinary npm client, without their scripts,
 * the first time they are asked for, into a folder of the user ({@code ~/.cache/tocsin/npm}, or {@code TOCSIN_CACHE}); later runs read
 * them from there without the network.
 */
public final class NpmPackages {
    private static final Duration INSTALL_DEADLINE = Duration.ofMinutes(5);
    private static final ReentrantLock LOCK =
            new ReentrantLock(); // a file lock is held by a JVM, not a thread; this one is for threads

    private NpmPackages() {}

    /**
     * The folder of an installed package; installs it first if need be. Skips the test (in CI: fails it) where npm is missing or the
     * package cannot be had.
     *
     * @param spec name and exact version, such as {@code @uniswap/v2-core@1.0.1}
     * @return the package's own folder, the one with its {@code package.json}
     * @throws InterruptedException if interrupted while waiting
     */
    public static Path install(String spec) throws InterruptedException {
        int at = spec.lastIndexOf('@');
        if (at <= 0) {
            throw new IllegalArgumentException("spec must be name@version, was " + spec);
        }
        Path root = cache();
        Path home = root.resolve(spec.replace('/', '+'));
        Path folder = home.resolve("node_modules").resolve(spec.substring(0, at));
        if (Files.isDirectory(folder)) {
            return folder;
        }
        LOCK.lock();
        try {
            Files.createDirectories(root);
            try (FileChannel channel = FileChannel.open(
                            root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                if (held.isValid() && !Files.isDirectory(folder)) {
                    download(spec, root, home);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the npm package " + spec + " could not be put into " + root, e);
        } finally {
            LOCK.unlock();
        }
        return folder;
    }

    /** Installs beside the final place and moves, so that a half-installed package is never seen. */
    private static void download(String spec, Path root, Path home) throws IOException, InterruptedException {
        Requires.that(onPath("npm"), "needs npm on the PATH to install " + spec);
        Path fresh = Files.createTempDirectory(root, ".installing-");
        try (ChildProcess npm = ChildProcess.of("npm", "install", "--prefix", fresh.toString())
                .args("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error", spec)
                .in(fresh)
                .start()) {
            int code = npm.awaitExit(INSTALL_DEADLINE);
            List<String> said = npm.lines();
            Requires.that(
                    code == 0,
                    "needs the npm package " + spec + ", which could not be installed: "
                            + (said.isEmpty() ? "npm said nothing" : said.getFirst()));
        }
        Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
    }

    static boolean onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static Path cache() {
        String configured = System.getenv().getOrDefault("TOCSIN_CACHE", "");
        Path base = configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "tocsin")
                : Path.of(configured);
        return base.resolve("npm").toAbsolutePath();
    }
}
