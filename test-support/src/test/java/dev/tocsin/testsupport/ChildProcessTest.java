package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** A program that says its argument, then counts until it is ended. */
    static final class Counter {
        public static void main(String[] args) {
            System.out.println("hello " + args[0]);
            System.err.println("warning");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("bye")));
            for (long count = 0; count < Long.MAX_VALUE; count++) {
                System.out.println("count " + count);
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    @Test
    void outputIsCapturedByStreamAndTheExitCodeIsKnown() throws Exception {
        try (ChildProcess shell = ChildProcess.of("sh", "-c", "echo $WORD; echo oops >&2; exit 3")
                .env("WORD", "out")
                .start()) {
            assertThat(shell.awaitExit(SOON)).isEqualTo(3);
            assertThat(shell.stdout()).containsExactly("out");
            assertThat(shell.stderr()).containsExactly("oops");
        }
    }

    @Test
    void aClassOfTheTestRunsInItsOwnJvmAndIsToldToStop() throws Exception {
        try (ChildProcess child =
                JavaProcess.main(Counter.class, "-Xmx32m").args("world").start()) {
            child.awaitLine("hello world", SOON);
            child.awaitLine("count 3", SOON);

            child.terminate();

            assertThat(child.awaitExit(SOON)).isEqualTo(143);
            assertThat(child.stdout()).contains("bye");
        }
    }

    @Test
    void aKillLeavesNoTimeForShutdownHooks() throws Exception {
        try (ChildProcess child =
                JavaProcess.main(Counter.class, "-Xmx32m").args("world").start()) {
            child.awaitLine("count", SOON);

            child.kill9();

            assertThat(child.exitCode()).hasValue(137);
            assertThat(child.stdout()).doesNotContain("bye");
        }
    }

    @Test
    void aPausedProcessIsAliveAndSilent() throws Exception {
        try (ChildProcess child =
                JavaProcess.main(Counter.class, "-Xmx32m").args("world").start()) {
            child.awaitLine("count", SOON);

            child.pause();
            Waiting.pause(Duration.ofMillis(100)); // what was already in the pipe
            int before = child.lines().size();
            Waiting.pause(Duration.ofMillis(200));

            assertThat(child.lines()).hasSize(before);
            assertThat(child.isAlive()).isTrue();
            child.resume();
            Waiting.until(() -> child.lines().size() > before, SOON, () -> "nothing more was written");
        }
    }

    @Test
    void waitingForALineFailsAtOnceWhenTheProcessHasEnded() {
        try (ChildProcess shell = ChildProcess.of("sh", "-c", "echo something").start()) {
            assertThatThrownBy(() -> shell.awaitLine("else", SOON))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ended without")
                    .hasMessageContaining("something");
        }
    }
}
