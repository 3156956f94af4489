package dev.tocsin.notification.email;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.GatewayHealth;
import dev.tocsin.notification.Message;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/** Against SubEthaSMTP, a real mail server. */
@Timeout(120)
class SmtpGatewayIT {
    private static final Message MESSAGE = Message.of(
                    "Wał ⚠ 400 000 USDC", "Zażółć\nline 2 😀\n.dot", Instant.parse("2026-11-21T10:00:00Z"))
            .withKey("1:0xabc:7:whale")
            .withFact("from", "0x1")
            .withFact("value", "400000 USDC");

    @TempDir
    static Path folder;

    private static Certificate certificate;

    private final List<byte[]> inbox = new CopyOnWriteArrayList<>();
    private final List<SMTPServer> servers = new ArrayList<>();

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = Certificate.in(folder);
    }

    @AfterEach
    void stop() {
        servers.forEach(SMTPServer::stop);
    }

    private int started(SMTPServer.Builder builder) {
        SMTPServer server = builder.bindAddress(InetAddress.getLoopbackAddress())
                .messageHandler((context, from, to, data) -> inbox.add(data))
                .build();
        server.start();
        servers.add(server);
        return server.getPortAllocated();
    }

    private static SmtpGatewayBuilder gateway(int port) {
        return SmtpGateway.builder()
                .host("localhost")
                .port(port)
                .security(SmtpSecurity.NONE)
                .helloName("test.example")
                .from("Tocsin Wał <tocsin@a.example>")
                .to("Ops <ops@b.example>");
    }

    private MimeMessage received() throws Exception {
        assertThat(inbox).hasSize(1);
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(inbox.getFirst()));
    }

    @Test
    void aPlainMailArrivesAsItWasWritten() throws Exception {
        Gateway gateway = gateway(started(SMTPServer.port(0))).build();

        DeliveryOutcome outcome = gateway.send(MESSAGE);

        assertThat(outcome).isEqualTo(new DeliveryOutcome.Accepted("<1=3a0xabc=3a7=3awhale@a.example>"));
        MimeMessage mail = received();
        assertThat(mail.getSubject()).isEqualTo("Wał ⚠ 400 000 USDC");
        assertThat(mail.getMessageID()).isEqualTo("<1=3a0xabc=3a7=3awhale@a.example>");
        assertThat(mail.getHeader("X-Tocsin-Key")).containsExactly("1:0xabc:7:whale");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getSentDate()).isEqualTo(Date.from(MESSAGE.at()));
        assertThat(mail.getFrom()[0].toString()).contains("tocsin@a.example");
        assertThat(mail.getContentType()).isEqualTo("text/plain; charset=UTF-8");
        assertThat(lines(mail)).isEqualTo("Zażółć\nline 2 😀\n.dot\n\nfrom: 0x1\nvalue: 400000 USDC\n");
    }

    @Test
    void htmlHasATextAlternative() throws Exception {
        gateway(started(SMTPServer.port(0))).build().send(MESSAGE.withHtml("<p>Zażółć</p>"));

        MimeMultipart parts = (MimeMultipart) received().getContent();
        assertThat(parts.getContentType()).startsWith("multipart/alternative");
        assertThat(parts.getCount()).isEqualTo(2);
        assertThat(parts.getBodyPart(0).getContentType()).isEqualTo("text/plain; charset=UTF-8");
        assertThat(lines(parts.getBodyPart(0))).startsWith("Zażółć\nline 2 😀");
        assertThat(parts.getBodyPart(1).getContentType()).isEqualTo("text/html; charset=UTF-8");
        assertThat(lines(parts.getBodyPart(1)).strip()).isEqualTo("<p>Zażółć</p>");
    }

    @Test
    void aRepeatHasTheSameMessageId() throws Exception {
        Gateway gateway = gateway(started(SMTPServer.port(0)))
                .messageIdDomain("ids.example")
                .build();

        assertThat(gateway.send(MESSAGE)).isEqualTo(gateway.send(MESSAGE));
        assertThat(inbox).hasSize(2);
    }

    @Test
    void aTitleCannotAddHeadersOnTheWire() throws Exception {
        Message hostile = Message.of("x\r\nBcc: evil@c.example\r\n\r\nnew body", "text")
                .withFact("a\r\nTo: z", "b\r\n.\r\nMAIL FROM:<z>");

        assertThat(gateway(started(SMTPServer.port(0))).build().send(hostile).isAccepted())
                .isTrue();

        MimeMessage mail = received();
        assertThat(mail.getSubject()).isEqualTo("x Bcc: evil@c.example new body");
        assertThat(mail.getAllRecipients()).hasSize(1);
        assertThat(lines(mail)).contains(".\nMAIL FROM:<z>");
    }

    @Test
    void startTlsWithALoginWorksAndAWrongPasswordIsUnauthorized() throws Exception {
        int port = started(SMTPServer.port(0)
                .requireTLS()
                .requireAuth()
                .startTlsSocketFactory(certificate.server())
                .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, password, context) -> {
                    if (!user.equals("tocsin") || !password.equals("right")) {
                        throw new LoginFailedException("no: " + password);
                    }
                })));
        SmtpGatewayBuilder gateway =
                gateway(port).security(SmtpSecurity.STARTTLS).sslContext(certificate.client());

        assertThat(gateway.login("tocsin", "right").build().send(MESSAGE).isAccepted())
                .isTrue();
        assertThat(gateway.build().check()).isInstanceOf(GatewayHealth.Up.class);
        DeliveryOutcome wrong = gateway.login("tocsin", "hunter2").build().send(MESSAGE);
        assertThat(wrong).isInstanceOf(DeliveryOutcome.Unauthorized.class);
        assertThat(wrong.toString()).doesNotContain("hunter2");
        assertThat(gateway.build().check()).isInstanceOf(GatewayHealth.Down.class);
        assertThat(inbox).hasSize(1);
    }

    @Test
    void aMissingLoginIsUnauthorized() throws Exception {
        int port = started(SMTPServer.port(0)
                .requireAuth()
                .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, password, context) -> {})));

        assertThat(gateway(port).build().send(MESSAGE)).isInstanceOf(DeliveryOutcome.Unauthorized.class);
    }

    @Test
    void tlsFromTheFirstByteWorks() throws Exception {
        int port = started(SMTPServer.port(0).serverSocketFactory(certificate.server()));

        assertThat(gateway(port)
                        .security(SmtpSecurity.TLS)
                        .sslContext(certificate.client())
                        .build()
                        .send(MESSAGE)
                        .isAccepted())
                .isTrue();
    }

    @Test
    void aCertificateThatIsNotTrustedOrOfAnotherHostGetsNoMail() throws Exception {
        int port = started(SMTPServer.port(0).serverSocketFactory(certificate.server()));
        SmtpGatewayBuilder gateway = gateway(port).security(SmtpSecurity.TLS);

        assertThat(gateway.build().send(MESSAGE))
                .isEqualTo(new DeliveryOutcome.Transient("TLS could not be agreed on"));
        assertThat(gateway.host("127.0.0.1")
                        .sslContext(certificate.client())
                        .build()
                        .send(MESSAGE))
                .isInstanceOf(DeliveryOutcome.Transient.class);
        assertThat(inbox).isEmpty();
    }

    @Test
    void aStartTlsCertificateOfAnotherHostGetsNoMail() throws Exception {
        int port = started(SMTPServer.port(0).enableTLS().startTlsSocketFactory(certificate.server()));
        SmtpGatewayBuilder gateway =
                gateway(port).security(SmtpSecurity.STARTTLS).sslContext(certificate.client());

        assertThat(gateway.build().send(MESSAGE).isAccepted()).isTrue();
        assertThat(gateway.host("127.0.0.1").build().send(MESSAGE)).isInstanceOf(DeliveryOutcome.Transient.class);
        assertThat(inbox).hasSize(1);
    }

    @Test
    void aMailTheServerFindsTooLargeIsTooLarge() throws Exception {
        int port = started(SMTPServer.port(0).maxMessageSize(10_000));

        DeliveryOutcome outcome = gateway(port).build().send(Message.of("t", "0123456789\n".repeat(10_000)));

        assertThat(outcome).isInstanceOf(DeliveryOutcome.TooLarge.class);
    }

    @Test
    void manySendersShareAGateway() throws Exception {
        Gateway gateway = gateway(started(SMTPServer.port(0))).build();
        List<Future<DeliveryOutcome>> outcomes = new ArrayList<>();

        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int n = 0; n < 40; n++) {
                Message message = MESSAGE.withKey("k" + n);
                outcomes.add(senders.submit(() -> gateway.send(message)));
            }
        }

        for (Future<DeliveryOutcome> outcome : outcomes) {
            assertThat(outcome.get().isAccepted()).isTrue();
        }
        assertThat(inbox).hasSize(40);
    }

    private static String lines(Part part) throws Exception {
        return ((String) part.getContent()).replace("\r\n", "\n");
    }
}
