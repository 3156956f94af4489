package dev.tocsin.testsupport;

import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A mail as an {@link SmtpInbox} received it: the envelope, and the message byte for byte. */
public final class ReceivedMail {
    private final Instant at;
    private final String sender;
    private final List<String> recipients;
    private final byte[] raw;

    ReceivedMail(Instant at, String sender, List<String> recipients, byte[] raw) {
        this.at = at;
        this.sender = sender;
        this.recipients = List.copyOf(recipients);
        this.raw = raw.clone();
    }

    /**
     * When it was accepted.
     *
     * @return the moment
     */
    public Instant at() {
        return at;
    }

    /**
     * The envelope's sender.
     *
     * @return the address of {@code MAIL FROM}
     */
    public String sender() {
        return sender;
    }

    /**
     * The envelope's recipients.
     *
     * @return the addresses of {@code RCPT TO}
     */
    public List<String> recipients() {
        return recipients;
    }

    /**
     * The whole message.
     *
     * @return headers and body as they came
     */
    public String raw() {
        return new String(raw, StandardCharsets.UTF_8);
    }

    /**
     * The subject, decoded.
     *
     * @return empty text if there is none
     */
    public String subject() {
        try {
            String subject = message().getSubject();
            return subject == null ? "" : subject;
        } catch (MessagingException e) {
            throw new AssertionError("not a mail: " + raw(), e);
        }
    }

    /**
     * The first header of that name, not decoded.
     *
     * @param name in any case
     * @return empty if there is none
     */
    public Optional<String> header(String name) {
        try {
            String[] values = message().getHeader(name);
            return values == null || values.length == 0 ? Optional.empty() : Optional.of(values[0]);
        } catch (MessagingException e) {
            throw new AssertionError("not a mail: " + raw(), e);
        }
    }

    /**
     * The text part, decoded.
     *
     * @return empty if there is none
     */
    public Optional<String> text() {
        return body("text/plain");
    }

    /**
     * The HTML part, decoded.
     *
     * @return empty if there is none
     */
    public Optional<String> html() {
        return body("text/html");
    }

    @Override
    public String toString() {
        return "mail to " + recipients + ": " + subject();
    }

    private Optional<String> body(String type) {
        try {
            return Optional.ofNullable(find(message(), type));
        } catch (MessagingException | IOException e) {
            throw new AssertionError("not a mail: " + raw(), e);
        }
    }

    private static @Nullable String find(Part part, String type) throws MessagingException, IOException {
        if (part.isMimeType(type)) {
            return part.getContent().toString();
        }
        if (part.isMimeType("multipart/*") && part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                String found = find(parts.getBodyPart(i), type);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private MimeMessage message() throws MessagingException {
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(raw));
    }
}
