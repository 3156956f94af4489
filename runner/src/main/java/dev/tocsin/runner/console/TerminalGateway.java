package dev.tocsin.runner.console;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.GatewayHealth;
import dev.tocsin.notification.Message;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The gateway to whoever looks at the terminal. What cannot be written there is not delivered. */
public final class TerminalGateway implements Gateway {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final String CLOSED = "standard output cannot be written";
    private static final String INDENT = "\n         ";

    private final String name;
    private final Screen screen;

    /**
     * Makes the gateway.
     *
     * @param name its name
     * @param screen where it prints
     */
    public TerminalGateway(String name, Screen screen) {
        this.name = name;
        this.screen = screen;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DeliveryOutcome send(Message message) {
        Style style = screen.style();
        boolean withdrawn = "withdrawn".equals(message.facts().get("status"));
        String title = withdrawn
                ? style.cyan(message.title())
                : switch (message.severity()) {
                    case "critical" -> style.red(message.title());
                    case "warning" -> style.yellow(message.title());
                    default -> style.bold(message.title());
                };
        String body = style.dim(printable(message.text()).replace("\n", INDENT));
        return screen.message(message, style.dim(TIME.format(message.at())) + " " + title + INDENT + body)
                ? new DeliveryOutcome.Accepted(message.key())
                : new DeliveryOutcome.Transient(CLOSED, Optional.empty());
    }

    @Override
    public GatewayHealth check() {
        return screen.isClosed() ? new GatewayHealth.Down(CLOSED) : new GatewayHealth.Up(Duration.ZERO);
    }

    /** A chain's text must not steer the terminal. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> point == '\n' || !Character.isISOControl(point) ? point : '\uFFFD')
                .forEach(out::appendCodePoint);
        return out.toString();
    }
}
