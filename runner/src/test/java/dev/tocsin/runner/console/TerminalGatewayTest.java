package dev.tocsin.runner.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.GatewayHealth;
import dev.tocsin.notification.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void aMessageThatCannotBeWrittenIsNotDeliveredAndNotWrittenLater() {
        AtomicBoolean broken = new AtomicBoolean(true);
        PrintStream pipe = new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        if (broken.get()) {
                            throw new IOException("Broken pipe");
                        }
                        bytes.write(b);
                    }
                },
                true,
                StandardCharsets.UTF_8);
        Screen screen = new Screen(pipe, Style.PLAIN, false);
        List<Message> read = new ArrayList<>();
        screen.onMessage(read::add);
        TerminalGateway gateway = new TerminalGateway("terminal", screen);

        DeliveryOutcome outcome = gateway.send(message("one"));
        broken.set(false);
        DeliveryOutcome later = gateway.send(message("one"));

        assertThat(outcome).isInstanceOf(DeliveryOutcome.Transient.class);
        assertThat(later).isInstanceOf(DeliveryOutcome.Transient.class);
        assertThat(printed()).isEmpty();
        assertThat(read).isEmpty();
        assertThat(screen.isClosed()).isTrue();
        assertThat(gateway.check()).isInstanceOf(GatewayHealth.Down.class);
    }

    @Test
    void whoCountsMessagesIsToldOfThoseThatWereWritten() {
        Screen screen = new Screen(out, Style.PLAIN, false);
        List<Message> read = new ArrayList<>();
        screen.onMessage(read::add);

        new TerminalGateway("terminal", screen).send(message("one"));
        screen.line("no message");

        assertThat(read).containsExactly(message("one"));
    }

    @Test
    void theLineOfProgressStaysBelowWhatScrolls() {
        Screen screen = new Screen(out, Style.PLAIN, true);

        screen.progress("50 %");
        screen.line("an alert");

        String cut = "\u001b[?7l50 %\u001b[?7h"; // a narrow terminal shows its beginning and does not scroll
        assertThat(printed()).isEqualTo("\r\u001b[K" + cut + "\r\u001b[Kan alert" + System.lineSeparator() + cut);
    }
}
