package dev.tocsin.runner.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.Message;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TerminalGatewayTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Message message(String text) {
        return Message.of("[CRITICAL] whale", text, Instant.EPOCH).withSeverity("critical");
    }

    @Test
    void printsTitleAndTextAndAccepts() {
        DeliveryOutcome outcome =
                new TerminalGateway("terminal", new Screen(out, Style.PLAIN, false)).send(message("one\ntwo"));

        assertThat(outcome.isAccepted()).isTrue();
        assertThat(printed())
                .contains("[CRITICAL] whale")
                .contains("one\n         two")
                .doesNotContain("\u001b");
    }

    @Test
    void paintsForATerminal() {
        new TerminalGateway("terminal", new Screen(out, Style.COLOUR, true)).send(message("one"));

        assertThat(printed()).contains("\u001b[1;31m[CRITICAL] whale\u001b[0m");
    }

    @Test
    void whatTheChainSaysCannotSteerTheTerminal() {
        new TerminalGateway("terminal", new Screen(out, Style.PLAIN, false))
                .send(message("evil \u001b[2J\u0007 token"));

        assertThat(printed()).doesNotContain("\u001b", "\u0007").contains("evil \uFFFD[2J\uFFFD token");
    }

    @Test
    void theLineOfProgressStaysBelowWhatScrolls() {
        Screen screen = new Screen(out, Style.PLAIN, true);

        screen.progress("50 %");
        screen.line("an alert");

        assertThat(printed()).isEqualTo("\r\u001b[K50 %\r\u001b[Kan alert" + System.lineSeparator() + "50 %");
    }
}
