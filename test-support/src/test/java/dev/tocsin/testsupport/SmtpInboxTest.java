package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class SmtpInboxTest {
    @Test
    void aMailIsKeptWithItsEnvelopeAndBothBodies() throws Exception {
        try (SmtpInbox inbox = SmtpInbox.start()) {
            send(inbox, "Grüße", null, null);

            ReceivedMail mail = inbox.awaitMails(1, Duration.ofSeconds(5)).getFirst();
            assertThat(mail.sender()).isEqualTo("tocsin@example.org");
            assertThat(mail.recipients()).containsExactly("ops@example.org");
            assertThat(mail.subject()).isEqualTo("Grüße");
            assertThat(mail.header("X-Key")).contains("k1");
            assertThat(mail.text()).contains("plain");
            assertThat(mail.html()).contains("<b>rich</b>");
        }
    }

    @Test
    void refusalsAreUsedOnceEach() throws Exception {
        try (SmtpInbox inbox = SmtpInbox.start()) {
            inbox.refuseNext(SmtpInbox.Step.DATA, 451, "try later");

            assertThatThrownBy(() -> send(inbox, "first", null, null)).hasMessageContaining("451");
            send(inbox, "second", null, null);
            assertThat(inbox.mails()).extracting(ReceivedMail::subject).containsExactly("second");
        }
    }

    @Test
    void aRefusedRecipientIsRefusedEachTime() {
        try (SmtpInbox inbox = SmtpInbox.start()) {
            inbox.refuseRecipient("ops@example.org", 550, "no such user");

            assertThatThrownBy(() -> send(inbox, "first", null, null)).isInstanceOf(SendFailedException.class);
            assertThatThrownBy(() -> send(inbox, "second", null, null)).isInstanceOf(SendFailedException.class);
            assertThat(inbox.mails()).isEmpty();
        }
    }

    @Test
    void aLoginIsWantedWhereOneWasSet() throws Exception {
        try (SmtpInbox inbox = SmtpInbox.withLogin("user", "word")) {
            assertThatThrownBy(() -> send(inbox, "wrong", "user", "other"))
                    .isInstanceOf(AuthenticationFailedException.class);
            send(inbox, "right", "user", "word");

            assertThat(inbox.mails()).extracting(ReceivedMail::subject).containsExactly("right");
        }
    }

    @Test
    void aMailIsAcceptedBeforeItsLateAnswer() throws Exception {
        try (SmtpInbox inbox = SmtpInbox.start()) {
            inbox.answerAfter(Duration.ofSeconds(1));
            FutureTask<Boolean> sending = new FutureTask<>(() -> {
                send(inbox, "late", null, null);
                return true;
            });
            Thread.startVirtualThread(sending);

            inbox.awaitMails(1, Duration.ofSeconds(5));

            assertThat(sending.isDone()).isFalse();
            assertThat(sending.get()).isTrue();
        }
    }

    private static void send(SmtpInbox inbox, String subject, String user, String password) throws MessagingException {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", inbox.host());
        properties.setProperty("mail.smtp.port", Integer.toString(inbox.port()));
        properties.setProperty("mail.smtp.auth", Boolean.toString(user != null));
        properties.setProperty("mail.smtp.timeout", "5000");
        MimeMessage message = new MimeMessage(Session.getInstance(properties));
        message.setFrom(new InternetAddress("tocsin@example.org"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("ops@example.org"));
        message.setSubject(subject, "UTF-8");
        message.setHeader("X-Key", "k1");
        MimeBodyPart plain = new MimeBodyPart();
        plain.setText("plain", "UTF-8");
        MimeBodyPart rich = new MimeBodyPart();
        rich.setContent("<b>rich</b>", "text/html; charset=UTF-8");
        message.setContent(new MimeMultipart("alternative", plain, rich));
        Transport.send(message, user, password);
    }
}
