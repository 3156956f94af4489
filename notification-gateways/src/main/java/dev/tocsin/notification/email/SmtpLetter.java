package dev.tocsin.notification.email;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tocsin.notification.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;

/** A message as a mail: the same mail, byte for byte but for the boundary, at every attempt. */
final class SmtpLetter extends MimeMessage {
    private static final int LONGEST_SUBJECT = 250;
    private static final int LONGEST_LOCAL_PART = 200;
    private static final String UTF8 = "UTF-8";

    private final String messageId;

    private SmtpLetter(Session session, String messageId) {
        super(session);
        this.messageId = messageId;
    }

    static SmtpLetter of(
            Message message, InternetAddress from, List<InternetAddress> recipients, String domain, Session session)
            throws MessagingException {
        SmtpLetter letter = new SmtpLetter(session, messageId(message.key(), domain));
        letter.setFrom(from);
        letter.setRecipients(RecipientType.TO, recipients.toArray(InternetAddress[]::new));
        letter.setSubject(subject(message.title()), UTF8);
        letter.setSentDate(Date.from(message.at()));
        letter.setHeader("X-Tocsin-Key", message.key());
        letter.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: no absence notes in return
        if (message.html().isPresent()) {
            MimeBodyPart plain = new MimeBodyPart();
            plain.setText(body(message), UTF8);
            MimeBodyPart html = new MimeBodyPart();
            html.setText(lines(message.html().get()), UTF8, "html");
            letter.setContent(new MimeMultipart("alternative", plain, html)); // the best last, RFC 2046 section 5.1.4
        } else {
            letter.setText(body(message), UTF8);
        }
        letter.saveChanges();
        return letter;
    }

    String messageId() {
        return messageId;
    }

    /** The size in bytes, found by writing the mail to nowhere. */
    long bytes() throws MessagingException {
        long[] count = {0};
        try {
            writeTo(new OutputStream() {
                @Override
                public void write(int b) {
                    count[0]++;
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    count[0] += length;
                }
            });
        } catch (IOException e) {
            throw new MessagingException("the mail cannot be written", e);
        }
        return count[0];
    }

    @Override
    protected void updateMessageID() throws MessagingException {
        setHeader("Message-ID", messageId);
    }

    /**
     * {@code <key@domain>}. What may not stand in a message id (RFC 5322 section 3.6.4) is written as {@code =} and two hexadecimal
     * digits; a key that becomes too long by it is replaced by its hash.
     */
    static String messageId(String key, String domain) {
        StringBuilder local = new StringBuilder();
        for (byte b : key.getBytes(UTF_8)) {
            boolean plain =
                    (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '-' || b == '_';
            if (plain) {
                local.append((char) b);
            } else {
                local.append('=').append(HexFormat.of().toHexDigits(b));
            }
        }
        String left = local.length() <= LONGEST_LOCAL_PART ? local.toString() : "h=" + sha256(key);
        return "<" + left + "@" + domain + ">";
    }

    private static String sha256(String key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }

    /** On one line, so that nothing in a title can become a header; and no word of it can pass for an encoded one. */
    static String subject(String title) {
        String line = title.replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]+", " ")
                .strip()
                .replace("=?", "= ?");
        if (line.codePointCount(0, line.length()) <= LONGEST_SUBJECT) {
            return line;
        }
        return line.substring(0, line.offsetByCodePoints(0, LONGEST_SUBJECT - 1)) + "…";
    }

    private static String body(Message message) {
        StringBuilder body = new StringBuilder(message.text());
        if (!message.facts().isEmpty()) {
            body.append(message.text().isEmpty() ? "" : "\n\n");
            message.facts()
                    .forEach((name, value) ->
                            body.append(name).append(": ").append(value).append('\n'));
        }
        return lines(body.toString());
    }

    private static String lines(String text) {
        return text.replaceAll("\\R", "\r\n").replaceAll("[\\p{Cntrl}&&[^\\r\\n\\t]]", " ");
    }
}
