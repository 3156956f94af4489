package dev.tocsin.runner.demo;

import java.nio.file.Path;
import java.util.Optional;

/** Recorded real blocks. */
public final class RecordedBlocks implements BlockSource {

    private final Path directory;

    private RecordedBlocks(Path directory) {
        this.directory = directory;
    }

    /**
     * Reads and checks every recording below a directory.
     *
     * @param directory where {@code *.json.gz} (whole blocks) and {@code *.jsonl.gz} (logs) lie, at any depth
     * @return the recorded blocks
     * @throws RecordingException if it is missing, holds no recording, or a file is not in the format
     */
    public static RecordedBlocks read(Path directory) {
        return new RecordedBlocks(directory);
    }

    /**
     * How many blocks there are in all.
     *
     * @return at least 1
     */
    public int blocks() {
        return 0;
    }

    /**
     * How many logs there are in all.
     *
     * @return from 0
     */
    public int logs() {
        return 0;
    }

    @Override
    public String describe() {
        return "recorded blocks of " + directory;
    }

    @Override
    public Optional<Step> next() {
        return Optional.empty();
    }
}
