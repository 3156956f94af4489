package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.stream.Checkpoint;
import dev.tocsin.rpcpool.stream.Header;
import dev.tocsin.rpcpool.stream.LogBatch;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoNoticesTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), Style.PLAIN, false);
    private final Scoreboard score = new Scoreboard(hash -> null);
    private final DemoNotices notices = new DemoNotices(score, screen, name -> "node-" + name);

    private List<String> printed() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static Header header(long number) {
        return new Header(number, "0x" + "a".repeat(64), "0x" + "b".repeat(64), Instant.EPOCH);
    }

    @Test
    void theSameFailoverTwiceInARowIsPrintedOnceAndAgainAfterTheNodeWasBack() {
        notices.onFailover("a", "b", "cannot connect");
        notices.onFailover("a", "b", "cannot connect");
        notices.onNode("a", NodeState.UNHEALTHY, NodeState.HEALTHY, "");
        notices.onFailover("a", "b", "cannot connect");

        assertThat(printed())
                .containsExactly(
                        "── failover from node-a to node-b: cannot connect",
                        "── node-a is healthy again",
                        "── failover from node-a to node-b: cannot connect");
    }

    @Test
    void oneReplacedBlockAndOneAlertAreSaidInTheSingular() {
        Header head = header(7);

        notices.onBatch(
                new LogBatch(
                        1,
                        List.of(header(6)),
                        List.of(head),
                        List.of(),
                        new Checkpoint(7, head.hash(), List.of(head)),
                        Instant.EPOCH),
                Map.of(),
                0,
                0,
                1);

        assertThat(printed()).containsExactly("── reorganisation: 1 block from 6 on was replaced, 1 alert withdrawn");
    }

    @Test
    void progressBeforeTheFirstDeliveryHasNoPercentile() {
        assertThat(score.progress()).isEqualTo("block 0 · 0 logs · 0 alerts · 0 delivered · p50 –");
    }
}
