package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand callers at once, one node that hangs, a heap of 256 MB, and no thread that holds its carrier. */
class CrowdIT {

    private static final Pattern SAYS = Pattern.compile("before=(\\d+) after=(\\d+) most=(\\d+),(\\d+),(\\d+)");

    @Test
    void aNodeThatHangsIsNotFeltAtTheOthers(@TempDir Path folder) throws Exception {
        Path recording = folder.resolve("crowd.jfr");
        try (ChildProcess child = JavaProcess.main(Crowd.class, "-Xmx256m")
                .args(recording.toString())
                .start()) {
            String line = child.awaitLine("before=", Duration.ofSeconds(60));
            MatchResult says = SAYS.matcher(line).results().findFirst().orElseThrow();
            long before = Long.parseLong(says.group(1));
            long after = Long.parseLong(says.group(2));
            assertThat(after).isLessThan(before * 3 / 2);
            for (int node = 3; node <= 5; node++) {
                assertThat(Integer.parseInt(says.group(node))).isBetween(1, 70);
            }
        }
        List<String> pinned = RecordingFile.readAllEvents(recording).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
                .map(event -> event.getThread().getJavaName())
                .toList();
        assertThat(pinned).isNotEmpty().containsOnly(Crowd.HOLDER);
    }
}
