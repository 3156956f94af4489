package dev.tocsin.runner.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {

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
    void whatTheFileSystemRefusesIsSaidInWords(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> StateLock.take(file.resolve("state.db")))
                .hasMessageContaining(file + " is not a folder");
        assertThat(JournalException.refused("cannot make it", new AccessDeniedException("/x/y")))
                .hasMessage("cannot make it: /x/y: permission denied");
    }
}
