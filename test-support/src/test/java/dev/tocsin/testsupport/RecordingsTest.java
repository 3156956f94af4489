package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingsTest {
    @TempDir
    private Path folder;

    @Test
    void theFolderBesideAnyParentIsFound() throws IOException {
        Path blocks = Files.createDirectories(folder.resolve("shared/data/open/blocks"));
        Path module = Files.createDirectories(folder.resolve("clones/one/module"));

        assertThat(Recordings.find(null, module)).contains(blocks.getParent());
    }

    @Test
    void theConfiguredFolderWins() throws IOException {
        Files.createDirectories(folder.resolve("shared/data/open/blocks"));
        Path other =
                Files.createDirectories(folder.resolve("elsewhere/open/blocks")).getParent();

        assertThat(Recordings.find(other.toString(), folder)).contains(other);
        assertThat(Recordings.find(other.getParent().toString(), folder)).contains(other);
    }

    @Test
    void aConfiguredFolderWithoutBlocksIsNotReplacedByAnother() throws IOException {
        Files.createDirectories(folder.resolve("shared/data/open/blocks"));

        assertThat(Recordings.find(folder.resolve("nowhere").toString(), folder))
                .isEmpty();
    }
}
