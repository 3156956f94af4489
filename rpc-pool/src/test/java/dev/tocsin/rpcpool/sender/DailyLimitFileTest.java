package dev.tocsin.rpcpool.sender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DailyLimitFileTest extends SpendingLimitsContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("limits.json");
    }

    @Override
    SpendingLimits limits(long wei) {
        return SpendingLimits.daily(wei(wei), clock, file());
    }

    @Test
    void whatIsReservedIsInTheFileAndCountsForTheNextProcess() throws IOException, InterruptedException {
        limits(10).reserve("a", OWNER, wei(7));

        assertThat(Files.readString(file()))
                .isEqualTo(
                        "{\"day\":\"2026-05-01\",\"spentWei\":\"0\",\"open\":{\"a\":{\"owner\":\"me\",\"wei\":\"7\"}}}\n");
        assertThat(limits(10).reserve("b", OWNER, wei(4))).isFalse();
    }

    @Test
    void twoProcessesTogetherGetTheLimitAndNotMore() throws InterruptedException {
        int each = 200;
        int most = 300;
        try (ChildProcess other = JavaProcess.main(LimitsProcess.class, "-Xmx128m", "-XX:TieredStopAtLevel=1")
                .args(file().toString(), Integer.toString(most), Integer.toString(each))
                .start()) {
            other.awaitLine("begun", PATIENCE);
            int here = LimitsProcess.reserveEach(
                    SpendingLimits.daily(wei(most), InstantSource.system(), file()), "here-", each);
            int there = Integer.parseInt(other.awaitLine("reserved ", PATIENCE).substring("reserved ".length()));

            assertThat(here + there).isEqualTo(most);
        }
    }

    @Test
    void interruptedThreadCountsAllTheSame() throws IOException, InterruptedException {
        SpendingLimits limits = limits(10);
        Thread.currentThread().interrupt();

        limits.reserve("a", OWNER, wei(7));
        limits.settle("a", OWNER);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(Files.readString(file())).contains("\"spentWei\":\"7\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello\n", "{\"day\":", "5", "{}", "{\"day\":\"today\",\"spentWei\":\"0\",\"openWei\":{}}"})
    void otherFileIsNotTakenForOurs(String text) throws IOException {
        Files.writeString(file(), text);

        assertThatIllegalStateException()
                .isThrownBy(() -> limits(10))
                .withMessage("line 1 of " + file().toRealPath() + " is not ours");
        assertThat(Files.readString(file())).isEqualTo(text);
    }

    @Test
    void fileThatIsSpoiledLaterIsNotTakenForOursEither() throws IOException {
        SpendingLimits limits = limits(10);
        Files.writeString(file(), "hello\n");

        assertThatIllegalStateException()
                .isThrownBy(() -> limits.reserve("a", OWNER, wei(7)))
                .withMessage("line 1 of " + file().toRealPath() + " is not ours");
    }

    @Test
    void emptyFileIsAnError() throws IOException {
        Files.writeString(file(), "");

        assertThatThrownBy(() -> limits(10)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void fileIsMadeByTheFirstChange() {
        limits(10);

        assertThat(file()).doesNotExist();
    }
}
