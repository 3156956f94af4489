package dev.tocsin.notification.email;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notification.Message;
import jakarta.mail.Header;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpLetterTest {
    private static final Session SESSION = Session.getInstance(new Properties());
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");
    private static final Set<String> HEADERS = Set.of(
            "From",
            "To",
            "Subject",
            "Date",
            "X-Tocsin-Key",
            "Auto-Submitted",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding");
    private static final String[] PIECES = {
        "\r\n",
        "\r",
        "\n",
        "\r\n ",
        "Bcc: x@y.example",
        "\r\nBcc: x@y.example\r\n\r\nbody",
        "\0",
        "\u0085",
        "\u2028",
        "\u000b",
        "a",
        " ",
        "ż",
        "😀",
        "日本",
        "=?",
        "?=",
        "=?UTF-8?Q?=0D=0ABcc:_x=40y?=",
        "\"",
        "<b>",
        ",",
        ";",
        "%0d%0a",
        "\ud83d",
        "\t",
        "."
    };

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {31, 32, 33})
    void noTitleTextOrFactCanAddAHeaderOrBreakALine(long seed) throws Exception {
        Random random = new Random(seed);
        for (int n = 0; n < 200; n++) {
            Message message =
                    Message.of("t" + text(random), text(random), AT).withFact("f" + text(random), text(random));
            message = random.nextBoolean() ? message.withHtml(text(random)) : message;

            byte[] raw = written(message);
            MimeMessage read = new MimeMessage(SESSION, new ByteArrayInputStream(raw));

            assertThat(headerNames(read)).isSubsetOf(HEADERS).contains("Subject", "Message-ID");
            assertThat(read.getAllRecipients()).containsExactly(new InternetAddress("ops@b.example"));
            assertThat(read.getSubject()).isEqualTo(SmtpLetter.subject(message.title()));
            assertThat(new String(raw, US_ASCII).split("\r\n")).allMatch(line -> line.length() <= 998);
            assertThat(new String(raw, US_ASCII)).doesNotContain("\0", "\ufffd"); // 7 bit all through
        }
    }

    @Test
    void aTitleKeepsEverythingThatIsNoControlCharacter() {
        assertThat(SmtpLetter.subject("Whale: 1 000 ETH → 0xabc… 🐋 \"quoted\""))
                .isEqualTo("Whale: 1 000 ETH → 0xabc… 🐋 \"quoted\"");
        assertThat(SmtpLetter.subject("a\r\nBcc: b")).isEqualTo("a Bcc: b");
    }

    @Test
    void aLongTitleIsCutBetweenCodePoints() {
        String subject = SmtpLetter.subject("🐋".repeat(300));

        assertThat(subject.codePointCount(0, subject.length())).isEqualTo(250);
        assertThat(subject).endsWith("🐋…");
    }

    @Test
    void theMessageIdIsDerivedFromTheKeyAndLegal() {
        assertThat(SmtpLetter.messageId("abc-1", "t.example")).isEqualTo("<abc-1@t.example>");
        assertThat(SmtpLetter.messageId("1:0xab:0", "t.example")).isEqualTo("<1=3a0xab=3a0@t.example>");
        assertThat(SmtpLetter.messageId("k".repeat(255), "t.example"))
                .matches("<h=3d[0-9a-f]{64}@t.example>|<h=[0-9a-f]{64}@t.example>");
    }

    @Test
    void differentKeysHaveDifferentMessageIds() {
        Random random = new Random(41);
        Set<String> keys = new HashSet<>();
        Set<String> ids = new HashSet<>();
        for (int n = 0; n < 5000; n++) {
            StringBuilder key = new StringBuilder();
            for (int length = 1 + random.nextInt(4); length > 0; length--) {
                key.append("=3a:.>@A".charAt(random.nextInt(8)));
            }
            keys.add(key.toString());
            ids.add(SmtpLetter.messageId(key.toString(), "t.example"));
            assertThat(SmtpLetter.messageId(key.toString(), "t.example")).matches("<[A-Za-z0-9=_-]+@t\\.example>");
        }

        assertThat(ids).hasSameSizeAs(keys);
    }

    @Test
    void twoAttemptsWriteTheSameMail() throws Exception {
        Message message = Message.of("Whale ż", "text", AT).withKey("k").withFact("a", "1");

        assertThat(written(message)).isEqualTo(written(message));
    }

    private static byte[] written(Message message) throws Exception {
        SmtpLetter letter = SmtpLetter.of(
                message,
                new InternetAddress("tocsin@a.example"),
                List.of(new InternetAddress("ops@b.example")),
                "a.example",
                SESSION);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        letter.writeTo(out);
        return out.toByteArray();
    }

    private static Set<String> headerNames(MimeMessage message) throws Exception {
        Set<String> names = new HashSet<>();
        for (Header header : Collections.list(message.getAllHeaders())) {
            assertThat(names.add(header.getName()))
                    .as("one header %s only", header.getName())
                    .isTrue();
        }
        return names;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(20); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)].repeat(random.nextInt(30) == 0 ? 400 : 1));
        }
        return text.toString();
    }
}
