package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notification.Message;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import dev.tocsin.runner.console.TerminalGateway;
import dev.tocsin.runner.demo.DemoBlock;
import dev.tocsin.runner.demo.DemoChain;
import dev.tocsin.runner.demo.DemoOracle;
import dev.tocsin.runner.demo.Draft;
import dev.tocsin.runner.journal.JournalCounts;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoReceiversTest {

    private static final String USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static final String WORD = "0x" + "0".repeat(63) + "1";
    private static final JournalCounts NOTHING = new JournalCounts(0, 0, Map.of(), Map.of(), Map.of());

    private final InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    private final Screen screen = new Screen(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), Style.PLAIN, false);

    /** A block with a transfer of two million USDC: two alerts, one of them critical. */
    private DemoBlock mine(DemoReceivers receivers) {
        DemoChain chain = DemoChain.create(DemoChain.CHAIN_ID, clock);
        chain.listen(receivers);
        Draft.Log log =
                new Draft.Log(USDC, List.of(TRANSFER, WORD, WORD), "0x" + String.format("%064x", 2_000_000_000_000L));
        return chain.append(new Draft(
                List.of(new Draft.Transaction(WORD, "0x" + "1".repeat(40), USDC, true, 52_000, List.of(log))), ""));
    }

    private void print(DemoBlock block) {
        String alerts = String.join(" ", DemoOracle.alerts(DemoChain.CHAIN_ID, block));
        new TerminalGateway("terminal", screen)
                .send(Message.of("t", "t", Instant.EPOCH).withFacts(Map.of("status", "firing", "alerts", alerts)));
    }

    @Test
    void whatDidNotArriveIsLostAtEveryGatewayThatItIsRoutedTo() throws Exception {
        try (DemoReceivers receivers = DemoReceivers.start(clock, screen)) {
            print(mine(receivers));

            assertThat(receivers.expected())
                    .containsEntry("terminal", new Summary.Expected(2, 0))
                    .containsEntry("webhook", new Summary.Expected(2, 2))
                    .containsEntry("email", new Summary.Expected(1, 1));
            assertThat(receivers.isComplete()).isFalse();
            assertThat(receivers.lost(NOTHING)).isEqualTo(3);
        }
    }

    @Test
    void whatThePrinterWritesTwiceIsDuplicated() throws Exception {
        try (DemoReceivers receivers = DemoReceivers.start(clock, screen)) {
            DemoBlock block = mine(receivers);
            print(block);
            print(block);

            assertThat(receivers.duplicated()).isEqualTo(2);
        }
    }

    @Test
    void withoutASecondComputationWhatWaitsWasGivenUpOrVanishedIsKnown() throws Exception {
        try (DemoReceivers receivers = DemoReceivers.start(clock, screen)) {
            JournalCounts counts =
                    new JournalCounts(0, 0, Map.of("terminal", 1L), Map.of("email", 4L), Map.of("webhook", 2L));

            assertThat(receivers.lost(counts)).isEqualTo(7);
            assertThat(receivers.deliveries(counts))
                    .containsExactly(Map.entry("email", 4L), Map.entry("terminal", 0L), Map.entry("webhook", 0L));
        }
    }
}
