package dev.tocsin.runner.demo;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.helper.BasicMessageListener;
import org.subethamail.smtp.server.SMTPServer;

/**
 * A real SMTP server on a free loopback port that accepts every e-mail and records its {@code X-Tocsin-Key} headers, its
 * subject, the alerts that the facts at the end of its body name, and when it came. It keeps no bodies and delivers nothing
 * any further.
 */
public final class DemoMailbox implements AutoCloseable {

    private static final String KEY_HEADER = "X-Tocsin-Key";
    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final int MAX_CONNECTIONS = 100;

    private final Inbox inbox = new Inbox();
    private final SMTPServer server;

    private DemoMailbox(InstantSource clock, Consumer<Received> listener) {
        BasicMessageListener recorder = (context, from, to, data) -> record(data, clock, listener);
        server = SMTPServer.port(0)
                .bindAddress(InetAddress.getLoopbackAddress())
                .hostName("localhost")
                .maxMessageSize(MAX_MESSAGE_BYTES)
                .maxConnections(MAX_CONNECTIONS)
                .serverThreadName("tocsin-demo-mailbox")
                .messageHandler(recorder)
                .build();
    }

    /**
     * Starts the server on a free port, and tells of every delivery.
     *
     * @param clock the time of receipt
     * @param listener told of each delivery before it is answered
     * @return the running server
     */
    public static DemoMailbox start(InstantSource clock, Consumer<Received> listener) {
        DemoMailbox mailbox =
                new DemoMailbox(Objects.requireNonNull(clock, "clock"), Objects.requireNonNull(listener, "listener"));
        mailbox.server.start();
        return mailbox;
    }

    /**
     * Where it listens, on the loopback address.
     *
     * @return the port
     */
    public int port() {
        return server.getPortAllocated();
    }

    /**
     * How many e-mails came with a key, counted once for each key they had, and without one.
     *
     * @return from 0
     */
    public long deliveries() {
        return inbox.deliveries();
    }

    /**
     * The distinct keys received.
     *
     * @return a copy
     */
    public Set<String> keys() {
        return inbox.keys();
    }

    /**
     * How many deliveries had a key that had come before.
     *
     * @return from 0
     */
    public long repeats() {
        return inbox.repeats();
    }

    /**
     * The newest deliveries.
     *
     * @return at most 1000, oldest first
     */
    public List<Received> received() {
        return inbox.newest();
    }

    /** Stops the server and closes its port. */
    @Override
    public void close() {
        server.stop();
    }

    private void record(byte[] data, InstantSource clock, Consumer<Received> listener) throws RejectException {
        String subject;
        String body;
        String[] keys;
        try {
            MimeMessage message =
                    new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(data));
            subject = Objects.requireNonNullElse(message.getSubject(), "");
            body = message.getContent() instanceof String text ? text : "";
            keys = message.getHeader(KEY_HEADER);
        } catch (MessagingException | IOException e) {
            throw new RejectException(554, "this is not a message: " + e.getMessage());
        }
        List<String> alerts = Received.firing(fact("status", body), fact("alerts", body));
        for (String key : keys == null ? new String[] {""} : keys) {
            Received received = new Received(MimeUtility.unfold(key).strip(), subject, alerts, clock.instant());
            inbox.add(received);
            listener.accept(received);
        }
    }

    /** The last line {@code name: value}; the text before the facts may hold such a line, too. */
    private static String fact(String name, String body) {
        return body.lines()
                .filter(line -> line.startsWith(name + ": "))
                .reduce("", (earlier, later) -> later.substring(name.length() + 2));
    }
}
