package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./tocsin}, and the search for a JDK that it shares with {@code ./mvnw}. */
class LauncherTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NO_JDK =
            "Tocsin needs a JDK 21 or newer and found none: install one, or set JAVA_HOME to its folder.";

    @TempDir
    private Path folder;

    private Checkout checkout;

    @BeforeEach
    void checkOut() throws IOException {
        checkout = new Checkout(folder);
    }

    @Test
    void withoutAnyJdkThereIsOneSentence() throws Exception {
        checkout.jdk(17);

        try (ChildProcess tocsin = checkout.command(launcher()).start()) {
            assertThat(tocsin.awaitExit(SOON)).isEqualTo(1);
            assertThat(tocsin.lines()).containsExactly(NO_JDK);
        }
    }

    @Test
    void theMavenWrapperSaysTheSameSentence() throws Exception {
        checkout.jdk(17);

        try (ChildProcess maven = checkout.command(Checkout.repository("mvnw")).start()) {
            assertThat(maven.awaitExit(SOON)).isEqualTo(1);
            assertThat(maven.lines()).containsExactly(NO_JDK);
        }
    }

    @Test
    void theNewestJdkOfTheUsualFoldersReplacesAnOldJavaHome() throws Exception {
        Path old = checkout.jdk(17);
        checkout.jdk(21);
        checkout.jdk(25);

        try (ChildProcess tocsin =
                checkout.command(launcher()).env("JAVA_HOME", old.toString()).start()) {
            assertThat(tocsin.awaitExit(SOON)).isZero();
            assertThat(tocsin.stdout()).startsWith("java 25");
        }
    }

    @Test
    void aJavaHomeThatIsNewEnoughIsUsedAlthoughThereIsANewerOne() throws Exception {
        Path chosen = checkout.jdk(21);
        checkout.jdk(25);

        try (ChildProcess tocsin =
                checkout.command(launcher()).env("JAVA_HOME", chosen.toString()).start()) {
            assertThat(tocsin.awaitExit(SOON)).isZero();
            assertThat(tocsin.stdout()).startsWith("java 21");
        }
    }

    @Test
    void aJavacOnThePathThatIsNewEnoughIsUsed() throws Exception {
        checkout.onPath(checkout.jdk(21).resolve("bin/javac"));
        checkout.jdk(25);

        try (ChildProcess tocsin = checkout.command(launcher()).start()) {
            assertThat(tocsin.awaitExit(SOON)).isZero();
            assertThat(tocsin.stdout()).startsWith("java 21");
        }
    }

    @Test
    void aFolderWithoutCompilerIsNoJdk() throws Exception {
        Files.delete(checkout.jdk(25).resolve("bin/javac"));
        checkout.jdk(21);

        try (ChildProcess tocsin = checkout.command(launcher()).start()) {
            assertThat(tocsin.awaitExit(SOON)).isZero();
            assertThat(tocsin.stdout()).startsWith("java 21");
        }
    }

    @Test
    void theFirstStartBuildsAndSaysWhichModuleItIsAt() throws Exception {
        checkout.jdk(21);

        try (ChildProcess tocsin =
                checkout.command(launcher()).args("demo", "--for", "a b").start()) {
            assertThat(tocsin.awaitExit(SOON)).isZero();
            assertThat(tocsin.stderr()).hasSize(3);
            assertThat(tocsin.stderr().getFirst()).contains("not built yet");
            assertThat(tocsin.stderr()).endsWith("  [1/2] parent", "  [2/2] runner");
            assertThat(tocsin.stdout()).endsWith("arg demo", "arg --for", "arg a b");
        }
    }

    @Test
    void whatIsBuiltIsNotBuiltAgain() throws Exception {
        start();
        checkout.age(Duration.ofHours(1));

        assertThat(start()).isEmpty();
        assertThat(checkout.builds()).isEqualTo(1);
    }

    @Test
    void aNewerSourceIsBuilt() throws Exception {
        start();
        checkout.age(Duration.ofHours(1));
        checkout.write("filters/src/main/java/B.java", "class B {}");

        assertThat(start()).contains("older than its sources");
        assertThat(checkout.builds()).isEqualTo(2);
    }

    @Test
    void aNewerTestIsNoReasonToBuild() throws Exception {
        start();
        checkout.age(Duration.ofHours(1));
        checkout.write("filters/src/test/java/BTest.java", "class BTest {}");

        start();

        assertThat(checkout.builds()).isEqualTo(1);
    }

    @Test
    void whatMavenBuiltMeanwhileIsTakenOver() throws Exception {
        start();
        checkout.age(Duration.ofHours(1));
        checkout.write("filters/src/main/java/B.java", "class B {}");
        checkout.write("runner/target/tocsin-runner-0.1.0-SNAPSHOT-all.jar", "newer jar");

        assertThat(start()).isEmpty();
        assertThat(checkout.builds()).isEqualTo(1);
        assertThat(checkout.root().resolve("target/tocsin/tocsin.jar")).hasContent("newer jar");
    }

    @Test
    void aBuildThatFailsShowsTheErrorsAndNamesTheLog() throws Exception {
        checkout.jdk(21);
        checkout.mavenFails();

        try (ChildProcess tocsin = checkout.command(launcher()).start()) {
            assertThat(tocsin.awaitExit(SOON)).isEqualTo(1);
            assertThat(tocsin.stdout()).isEmpty();
            assertThat(tocsin.stderr()).anyMatch(line -> line.contains("A.java:[1,1] not a statement"));
            assertThat(tocsin.stderr().getLast()).contains("could not be built").endsWith("target/tocsin/build.log");
        }
    }

    @Test
    void theExitCodeIsThatOfTheProgram() throws Exception {
        checkout.jdk(21);

        try (ChildProcess tocsin = checkout.command(launcher()).env("EXIT", "2").start()) {
            assertThat(tocsin.awaitExit(SOON)).isEqualTo(2);
        }
    }

    @Test
    void aSymbolicLinkToTheScriptWorks() throws Exception {
        checkout.jdk(21);
        Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("tocsin checkout/tocsin"));
        Path second = Files.createSymbolicLink(folder.resolve("second"), first);

        try (ChildProcess tocsin = checkout.command(second).start()) {
            assertThat(tocsin.awaitExit(SOON)).isZero();
            assertThat(tocsin.stdout()).startsWith("java 21");
        }
    }

    private Path launcher() {
        return checkout.root().resolve("tocsin");
    }

    /** Starts on a JDK 21 and gives what was said about the build. */
    private String start() throws IOException, InterruptedException {
        checkout.jdk(21);
        try (ChildProcess tocsin = checkout.command(launcher()).start()) {
            assertThat(tocsin.awaitExit(SOON)).as("%s", tocsin.lines()).isZero();
            return String.join("\n", tocsin.stderr());
        }
    }
}
