package dev.tocsin.coordination;

import static dev.tocsin.coordination.Wait.waitingUpTo;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private final List<String> done = new CopyOnWriteArrayList<>();

    private final CountDownLatch started = new CountDownLatch(1);

    private void settle(long token) {
        done.add("settled under " + token);
    }

    @Test
    void tenLinesRun() throws Exception {
        // @start region="readme"
        try (Coordination coordination = LocalCoordination.create()) {
            try (Lease lease = coordination.locks().acquire("settlement", ofSeconds(10), waitingUpTo(ofSeconds(2)))) {
                lease.ensure(ofMillis(200)); // at least so much left; answered without I/O
                settle(lease.token()); // the resource refuses a token smaller than one it has seen
            }

            LeaderElection election = coordination
                    .election("dispatcher")
                    .onElected(term -> started.countDown())
                    .onRevoked((term, reason) -> done.add("stopped: " + reason))
                    .join();
            started.await();
            boolean mine = election.leadership().isValid(); // true only while nobody else can be leader
            done.add(mine ? "working" : "waiting");
            election.close(); // stops the work, then lets another lead at once
        }
        // @end

        assertThat(done).hasSize(3).contains("working").last().isEqualTo("stopped: RELEASED");
    }

    @Test
    void readmeShowsThatCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/tocsin/coordination/ReadmeTest.java"));
        int start = source.indexOf('\n', source.indexOf("@start region=\"readme\"")) + 1;
        String code = source.substring(start, source.lastIndexOf('\n', source.indexOf("@end", start)))
                .stripIndent()
                .strip();

        assertThat(Files.readString(Path.of("README.md"))).contains(code);
    }
}
