package dev.tocsin.runner.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    @SuppressWarnings("try") // held, not used
    void aSecondTakerIsRefusedUntilTheFirstGivesItBack(@TempDir Path folder) {
        Path file = folder.resolve("sub").resolve("state.db");

        try (StateLock first = StateLock.take(file)) {
            assertThatThrownBy(() -> StateLock.take(file))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("another Tocsin works on " + file)
                    .hasMessageContaining("coordination.redis");
        }

        StateLock.take(file).close();
        assertThat(folder.resolve("sub")).isEmptyDirectory();
    }

    @Test
    @SuppressWarnings("try") // held, not used
    void whoSharesItAndWhoWorksAloneKeepEachOtherAway(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("state.db");

        try (StateLock shared = StateLock.share(file);
                ChildProcess alone = JavaProcess.main(Taker.class)
                        .args(file.toString(), "alone")
                        .start()) {
            alone.awaitLine("another Tocsin works on", PATIENCE);
        }
        try (StateLock shared = StateLock.share(file);
                ChildProcess other = JavaProcess.main(Taker.class)
                        .args(file.toString(), "share")
                        .start()) {
            other.awaitLine("taken", PATIENCE);
        }
        try (StateLock alone = StateLock.take(file);
                ChildProcess other = JavaProcess.main(Taker.class)
                        .args(file.toString(), "share")
                        .start()) {
            other.awaitLine("another Tocsin works on", PATIENCE);
        }
    }

    /** Takes the lock as a process of its own: within one process a lock is not shared. */
    static final class Taker {
        private Taker() {}

        @SuppressWarnings("try") // held, not used
        public static void main(String[] args) {
            Path file = Path.of(args[0]);
            try (StateLock lock = args[1].equals("share") ? StateLock.share(file) : StateLock.take(file)) {
                System.out.println("taken");
            } catch (JournalException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void whatTheFileSystemRefusesIsSaidInWords(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> StateLock.take(file.resolve("state.db")))
                .hasMessageContaining(file + " is not a folder");
        assertThat(JournalException.refused("cannot make it", new AccessDeniedException("/x/y")))
                .hasMessage("cannot make it: /x/y: permission denied");
    }
}
