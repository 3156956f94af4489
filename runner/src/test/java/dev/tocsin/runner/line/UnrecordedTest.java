package dev.tocsin.runner.line;

import static dev.tocsin.runner.line.DispatcherHarness.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.notification.DeliveryOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that takes plans, but does not record what the gateways answer. */
class UnrecordedTest {

    private static final String REFUSED =
            "[WARN] cannot record what the gateway answered, nothing more is sent to it until that is recorded gateway=mail key=a";

    @TempDir
    private Path folder;

    private DispatcherHarness line;

    @BeforeEach
    void open() throws Exception {
        line = new DispatcherHarness(folder);
        line.refuse();
    }

    @AfterEach
    void close() {
        line.close();
    }

    /** Each look wakes the lanes, which makes them try to record. */
    private void staysSo(List<String> sent) {
        await().during(Duration.ofMillis(1500)).until(() -> {
            line.dispatcher.wake();
            return line.mail.keys.equals(sent);
        });
    }

    private void recover() throws Exception {
        line.refuseNoLonger();
        line.dispatcher.wake();
    }

    @Test
    void whatWasAcceptedIsSentOnceAndInOrderWhileItCannotBeRecorded() throws Exception {
        line.plan("mail", "a", "b");
        await().until(() -> line.told.contains("unrecorded mail"));
        staysSo(List.of("a"));

        recover();

        await().until(() -> line.told.contains("delivered mail b"));
        assertThat(line.mail.keys).containsExactly("a", "b");
        assertThat(line.told)
                .containsExactly(
                        "unrecorded mail", "no longer unrecorded mail", "delivered mail a", "delivered mail b");
        assertThat(line.journal.counts().accepted()).containsEntry("mail", 2L);
        assertThat(line.logged())
                .containsExactly(
                        REFUSED, "[INFO] recorded what the gateway had answered, sending goes on gateway=mail key=a");
    }

    @Test
    void whatIsPutOffIsSentOnceWhileItCannotBeRecorded() throws Exception {
        line.mail.answers(new DeliveryOutcome.Transient("busy"));
        line.plan("mail", "a");
        await().until(() -> line.told.contains("unrecorded mail"));
        staysSo(List.of("a"));

        recover();

        await().until(() -> line.told.contains("retry mail a"));
        assertThat(line.mail.keys).containsExactly("a");
        assertThat(line.outcomeOf("a")).contains("busy");
    }

    @Test
    void itIsTriedAgainWithoutBeingWoken() throws Exception {
        line.plan("mail", "a");
        await().until(() -> line.told.contains("unrecorded mail"));

        line.refuseNoLonger();

        await().until(() -> line.told.contains("delivered mail a"));
        assertThat(line.mail.keys).containsExactly("a");
    }

    @Test
    void thePausesGrowToHalfAMinute() {
        assertThat(Stream.iterate(Duration.ofSeconds(1), Dispatcher::longer).limit(7))
                .extracting(Duration::toSeconds)
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void aFormerLeaderWaitsNoLongerForItsRecord() {
        line.plan("mail", "a", "b");
        await().until(() -> line.told.contains("unrecorded mail"));

        line.journal.write(9, transaction -> true);
        line.dispatcher.wake();

        await().until(() -> line.told.contains("fenced"));
        assertThat(line.told).contains("no longer unrecorded mail");
        assertThat(line.mail.keys).containsExactly("a");
        assertThat(line.journal.due("mail", NOW, 10)).hasSize(2);
    }

    @Test
    void whatCouldNotBeRecordedIsSaidInOneWarningOnClose() {
        line.plan("mail", "a");
        line.plan("chat", "c");
        await().until(() -> line.told.containsAll(List.of("unrecorded mail", "unrecorded chat")));

        line.dispatcher.close();
        line.dispatcher.close();

        assertThat(line.told).contains("no longer unrecorded mail", "no longer unrecorded chat");
        assertThat(line.logged())
                .filteredOn(text -> text.contains("closed"))
                .singleElement()
                .asString()
                .startsWith("[WARN] closed before the journal took what gateways had answered")
                .contains("mail a", "chat c");
    }

    @Test
    void whatCanBeRecordedAtLastIsRecordedOnClose() throws Exception {
        line.plan("mail", "a");
        await().until(() -> line.told.contains("unrecorded mail"));
        line.refuseNoLonger();

        line.dispatcher.close();

        assertThat(line.journal.counts().accepted()).containsEntry("mail", 1L);
        assertThat(line.logged()).noneMatch(text -> text.contains("closed"));
    }
}
