package dev.tocsin.benchmarks.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashRoundsIT {
    @TempDir
    private Path folder;

    @Test
    void theEngineOfTheRunnerLosesNothingOfWhatItAcknowledged() throws Exception {
        CrashRounds.Result result = new CrashRounds(Engine.SQLITE_FULL, folder, new Random(7)).run(3);

        assertThat(result.acknowledged()).isPositive();
        assertThat(result.lost()).isZero();
        assertThat(result.damage()).isEmpty();
        assertThat(result.reopened()).hasSize(3);
    }
}
