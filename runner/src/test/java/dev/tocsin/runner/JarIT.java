package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import dev.tocsin.testsupport.Requires;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The one executable jar, as the build made it. */
class JarIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("tocsin-runner-.*-all\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** A Java older than 21 in the usual folder. */
    private static Optional<Path> oldJava() throws IOException {
        Path usual = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(usual)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(usual)) {
            return homes.filter(home -> home.getFileName().toString().matches(".*(?:^|\\D)(?:8|11|17)(?:\\D.*|$)"))
                    .map(home -> home.resolve("bin").resolve("java"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    @Test
    void itRunsAlone() throws Exception {
        try (ChildProcess process = JavaProcess.jar(jar()).args("--version").start()) {
            assertThat(process.awaitExit(PATIENCE)).isZero();
            assertThat(process.stdout()).singleElement().asString().startsWith("tocsin 0.");
            assertThat(process.stderr()).isEmpty();
        }
    }

    @Test
    void onAnOldJavaItSaysWhichOneItNeeds() throws Exception {
        Path java =
                Requires.present(oldJava(), "needs a Java older than 21 under /usr/lib/jvm to show what it is told");

        try (ChildProcess process = ChildProcess.of(java.toString(), "-jar", jar().toString(), "demo")
                .start()) {
            assertThat(process.awaitExit(PATIENCE)).isEqualTo(2);
            assertThat(String.join("\n", process.lines()))
                    .contains("Tocsin needs Java 21 or newer; this is Java ")
                    .doesNotContain("Exception", "Error", "\tat ");
        }
    }
}
