package dev.tocsin.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A checkout with the real scripts, a Maven wrapper that only notes what it was asked, and folders that look like JDKs. The PATH holds the
 * ordinary tools and no Java.
 */
final class Checkout {
    private static final List<String> TOOLS = List.of(
            "sh",
            "awk",
            "cat",
            "cp",
            "date",
            "dirname",
            "find",
            "flock",
            "grep",
            "head",
            "ls",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sleep",
            "tail",
            "uname",
            "basename",
            "tr",
            "touch");

    private final Path folder;
    private final Path root;
    private final Path bin;

    Checkout(Path folder) throws IOException {
        this.folder = folder;
        root = Files.createDirectories(folder.resolve("tocsin checkout")); // the blank is on purpose
        bin = Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            tool(tool);
        }
        copy("tocsin");
        copy(".mvn/jdk.sh");
        write("pom.xml", "<project/>");
        for (String module : List.of(
                "rpc-pool", "coordination", "metrics", "alerting", "notification-gateways", "filters", "runner")) {
            write(module + "/pom.xml", "<project/>");
            write(module + "/src/main/java/A.java", "class A {}");
        }
        Files.createDirectories(folder.resolve("jdks"));
        mavenBuilds();
    }

    Path root() {
        return root;
    }

    /** The real file of the repository. */
    static Path repository(String file) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("tocsin")) && Files.exists(at.resolve("mvnw"))) {
                return at.resolve(file);
            }
        }
        throw new IllegalStateException("the tests must run inside the repository");
    }

    /** A folder that looks like a JDK: its java prints its own version and its arguments, and ends with the code in EXIT. */
    Path jdk(int version) throws IOException {
        Path home = folder.resolve("jdks/jdk-" + version);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + ".0.1\"\n");
        script(
                home.resolve("bin/java"),
                "echo java " + version + "\nfor a in \"$@\"; do echo \"arg $a\"; done\nexit ${EXIT:-0}");
        script(home.resolve("bin/javac"), "exit 1");
        return home;
    }

    /** The wrapper writes a jar and the lines that Maven writes. */
    void mavenBuilds() throws IOException {
        script(root.resolve("mvnw"), """
                cd "$(dirname "$0")"
                echo run >> builds.txt
                echo "[INFO] Building Tocsin 0.1.0-SNAPSHOT                            [1/2]"
                echo "[INFO] Building Tocsin runner 0.1.0-SNAPSHOT                     [2/2]"
                mkdir -p runner/target/launcher
                echo jar > runner/target/launcher/tocsin-runner-0.1.0-SNAPSHOT-all.jar
                """);
    }

    /** The wrapper ends as Maven does on a compilation error. */
    void mavenFails() throws IOException {
        script(root.resolve("mvnw"), "echo '[INFO] noise'\necho '[ERROR] A.java:[1,1] not a statement'\nexit 1");
    }

    int builds() throws IOException {
        Path notes = root.resolve("builds.txt");
        return Files.exists(notes) ? Files.readAllLines(notes).size() : 0;
    }

    /** Makes everything look as if it had been made that long ago, so that what is touched next is newer. */
    void age(Duration time) throws IOException {
        FileTime then = FileTime.from(Instant.now().minus(time));
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, then);
            }
        }
    }

    void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** Puts a program of a folder on the PATH, as the package of a JDK does with javac. */
    void onPath(Path program) throws IOException {
        Files.createSymbolicLink(bin.resolve(program.getFileName()), program);
    }

    ChildProcess.Builder command(Path program) {
        return ChildProcess.of(program.toString())
                .in(folder)
                .env("PATH", bin.toString())
                .env("TOCSIN_JDK_DIRS", folder.resolve("jdks") + "/*")
                .withoutEnv("JAVA_HOME")
                .withoutEnv("TOCSIN_JAVA_OPTS");
    }

    private void tool(String tool) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            Path program = Path.of(folder, tool);
            if (Files.isExecutable(program)) {
                script(bin.resolve(tool), "exec " + program + " \"$@\"");
                return;
            }
        }
    }

    private void copy(String file) throws IOException {
        Path target = root.resolve(file);
        Files.createDirectories(target.getParent());
        Files.copy(repository(file), target);
    }

    private static void script(Path file, String text) {
        try {
            Files.writeString(file, "#!/bin/sh\n" + text + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
