package dev.tocsin.notification.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.GatewayHealth;
import dev.tocsin.notification.Message;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SmtpFaultsIT {
    private static final Message MESSAGE = Message.of("Node down", "no head", Instant.parse("2026-11-21T10:00:00Z"))
            .withKey("k-1");
    private static final DeliveryOutcome LOST =
            new DeliveryOutcome.Transient("the connection was lost before the end of data");

    private final ScriptedSmtp server = new ScriptedSmtp();

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private SmtpGatewayBuilder gateway() {
        return SmtpGateway.builder()
                .host("127.0.0.1")
                .port(server.port())
                .security(SmtpSecurity.NONE)
                .helloName("test.example")
                .from("tocsin@a.example")
                .to("ops@b.example");
    }

    private DeliveryOutcome send() throws InterruptedException {
        return gateway().build().send(MESSAGE);
    }

    @Test
    void theScriptedServerAcceptsWhatIsRight() throws InterruptedException {
        assertThat(send()).isEqualTo(new DeliveryOutcome.Accepted("<k-1@a.example>"));
        assertThat(server.commands()).startsWith("EHLO test.example").contains("RCPT TO:<ops@b.example>", "DATA");
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "connect | 421 4.3.2 Too many connections | transient",
                "connect | 554 5.3.2 No service here | invalid_request",
                "EHLO | 421 4.3.2 Shutting down | transient",
                "MAIL | 421 4.3.2 Shutting down | transient",
                "MAIL | 451 4.7.1 Greylisted | transient",
                "MAIL | 452 4.3.1 Out of space | transient",
                "MAIL | 530 5.7.0 Authentication required | unauthorized",
                "MAIL | 550 5.7.1 Sender refused | invalid_request",
                "MAIL | 552 5.3.4 Too big | too_large",
                "RCPT | 421 4.3.2 Shutting down | transient",
                "RCPT | 450 4.2.0 Greylisted | transient",
                "RCPT | 451 4.7.1 Greylisted | transient",
                "RCPT | 452 4.2.2 Mailbox full | transient",
                "RCPT | 454 4.7.0 Later | transient",
                "RCPT | 550 5.1.1 No such user | invalid_recipient",
                "RCPT | 550 No such user | invalid_recipient",
                "RCPT | 551 5.1.6 Moved | invalid_recipient",
                "RCPT | 553 5.1.3 Bad address | invalid_recipient",
                "RCPT | 550 5.2.1 Disabled | invalid_recipient",
                "RCPT | 550 5.7.1 Relaying denied | invalid_request",
                "RCPT | 552 5.3.4 Too big | too_large",
                "RCPT | 554 5.7.1 Policy | invalid_request",
                "RCPT | 530 5.7.0 Authentication required | unauthorized",
                "RCPT | 503 5.5.1 Bad sequence | invalid_request",
                "DATA | 421 4.3.2 Shutting down | transient",
                "DATA | 451 4.3.0 Local error | transient",
                "DATA | 554 5.5.1 No valid recipients | invalid_request",
                ". | 421 4.3.2 Shutting down | transient",
                ". | 451 4.3.0 Local error | transient",
                ". | 452 4.3.1 Out of space | transient",
                ". | 550 5.7.1 Spam | invalid_request",
                ". | 550 5.1.1 No such user after all | invalid_recipient",
                ". | 552 5.3.4 Too big | too_large",
                ". | 554 5.7.1 Policy | invalid_request",
                ". | 251 odd but a success | accepted",
                ". | 354 what | unknown",
                ". | garbage | unknown"
            })
    void everyReplyHasItsOutcomeOverTheWire(String command, String reply, String word) throws InterruptedException {
        server.on(command, reply);

        DeliveryOutcome outcome = send();

        assertThat(outcome.word()).as("%s", outcome).isEqualTo(word);
    }

    @Test
    void aReplyOfSeveralLinesIsOneReply() throws InterruptedException {
        server.on(".", "250-2.0.0 two\r\n250 2.0.0 lines");

        assertThat(send().isAccepted()).isTrue();
    }

    @Test
    void greylistingAsksForAPause() throws InterruptedException {
        server.on("RCPT", "450 4.2.0 Greylisted");

        assertThat(send())
                .isEqualTo(new DeliveryOutcome.Transient(
                        "450 4.2.0 Greylisted (RCPT)", Optional.of(Duration.ofMinutes(5))));
        assertThat(gateway()
                        .greylistDelay(Duration.ofSeconds(1))
                        .build()
                        .send(MESSAGE)
                        .pauseAsked())
                .isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "EHLO", "MAIL", "RCPT", "DATA"})
    void aConnectionCutBeforeTheEndOfDataIsTransient(String command) throws InterruptedException {
        server.on(command, ScriptedSmtp.CUT);

        assertThat(send()).isInstanceOf(DeliveryOutcome.Transient.class);
    }

    @Test
    void aConnectionCutInsideTheDataIsTransient() throws InterruptedException {
        server.on("data", ScriptedSmtp.CUT);
        Message large = Message.of("Node down", "0123456789\n".repeat(2_000_000)); // more than sockets buffer

        assertThat(gateway().build().send(large)).isEqualTo(LOST);
    }

    @Test
    void aConnectionCutAfterTheEndOfDataIsUnknown() throws InterruptedException {
        server.on(".", ScriptedSmtp.CUT);

        assertThat(send()).isEqualTo(new DeliveryOutcome.Unknown("no reply to the end of data"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "EHLO", "MAIL", "RCPT", "DATA"})
    void aStallBeforeTheEndOfDataIsTransientAfterTheDeadline(String command) throws InterruptedException {
        server.on(command, ScriptedSmtp.STALL);

        DeliveryOutcome outcome =
                gateway().timeout(Duration.ofMillis(700)).build().send(MESSAGE);

        assertThat(outcome).isInstanceOf(DeliveryOutcome.Transient.class);
    }

    @Test
    void aStallAfterTheEndOfDataIsUnknownAfterTheDeadline() throws InterruptedException {
        server.on(".", ScriptedSmtp.STALL);

        DeliveryOutcome outcome =
                gateway().timeout(Duration.ofMillis(900)).build().send(MESSAGE);

        assertThat(outcome).isInstanceOf(DeliveryOutcome.Unknown.class);
    }

    @Test
    void aServerThatReadsNoDataIsLeftAtTheDeadline() throws InterruptedException {
        server.on("data", ScriptedSmtp.STALL);
        Message large = Message.of("Node down", "0123456789\n".repeat(2_000_000));

        assertThat(gateway().timeout(Duration.ofSeconds(2)).build().send(large))
                .isEqualTo(new DeliveryOutcome.Transient("no end within PT2S"));
    }

    @Test
    void aStallAtQuitDelaysNobody() throws InterruptedException {
        server.on("QUIT", ScriptedSmtp.STALL);

        assertThat(send().isAccepted()).isTrue();
    }

    @Test
    void aRefusedRecipientDoesNotKeepTheMailFromTheOthers() throws InterruptedException {
        server.on("RCPT gone@b.example", "550 5.1.1 No such user").on("RCPT grey@b.example", "450 4.2.0 Greylisted");
        SmtpGateway gateway = gateway()
                .to("gone@b.example", "ops@b.example", "grey@b.example")
                .build();

        DeliveryOutcome outcome = gateway.send(MESSAGE);

        assertThat(outcome).isInstanceOf(DeliveryOutcome.Partial.class);
        var refused = ((DeliveryOutcome.Partial) outcome).refused();
        assertThat(refused.keySet()).containsExactly("gone@b.example", "grey@b.example");
        assertThat(refused.get("gone@b.example"))
                .isEqualTo(new DeliveryOutcome.InvalidRecipient("gone@b.example", "550 5.1.1 No such user (RCPT)"));
        assertThat(outcome.isRetryable()).isTrue();
        assertThat(server.commands()).contains("DATA");
    }

    @Test
    void ifAllRecipientsAreRefusedTheOneWithHopeDecides() throws InterruptedException {
        server.on("RCPT gone@b.example", "550 5.1.1 No such user").on("RCPT grey@b.example", "450 4.2.0 Greylisted");

        assertThat(gateway()
                        .to("gone@b.example", "grey@b.example")
                        .build()
                        .send(MESSAGE)
                        .word())
                .isEqualTo("transient");
    }

    @Test
    void aServerWithoutStartTlsGetsNeitherMailNorPassword() throws InterruptedException {
        SmtpGateway gateway = gateway()
                .security(SmtpSecurity.STARTTLS)
                .login("tocsin", "hunter2")
                .build();

        assertThat(gateway.send(MESSAGE)).isInstanceOf(DeliveryOutcome.Transient.class);
        assertThat(server.commands()).allMatch(command -> command.startsWith("EHLO") || command.equals("QUIT"));
    }

    @Test
    void aRefusedConnectionIsTransient() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }

        assertThat(gateway().port(port).build().send(MESSAGE))
                .isEqualTo(new DeliveryOutcome.Transient("could not connect"));
        assertThat(gateway().port(port).build().check()).isEqualTo(new GatewayHealth.Down("could not connect"));
    }

    @Test
    void anUnknownHostIsTransient() throws Exception {
        assertThat(gateway().host("no-such-host.invalid").build().send(MESSAGE))
                .isEqualTo(new DeliveryOutcome.Transient("the host's name could not be resolved"));
    }

    @Test
    void theHealthCheckAsksWithNoopAndSendsNothing() throws InterruptedException {
        assertThat(gateway().build().check()).isInstanceOf(GatewayHealth.Up.class);
        assertThat(server.commands()).contains("NOOP").noneMatch(command -> command.startsWith("MAIL"));

        server.on("NOOP", "421 4.3.2 Shutting down");
        assertThat(gateway().build().check()).isEqualTo(new GatewayHealth.Down("421 4.3.2 Shutting down (NOOP)"));
    }

    @Test
    void noMoreConnectionsAreOpenThanAllowed() throws Exception {
        server.on("EHLO", ScriptedSmtp.STALL);
        SmtpGateway gateway =
                gateway().maxConnections(1).timeout(Duration.ofSeconds(3)).build();
        CountDownLatch sent = new CountDownLatch(1);
        Thread first = Thread.ofVirtual().start(() -> {
            try {
                gateway.send(MESSAGE);
            } catch (InterruptedException e) {
                sent.countDown();
            }
        });
        Awaitility.await().until(() -> server.commands().size() == 1);

        AtomicReference<List<String>> seen = new AtomicReference<>(List.of());
        Thread second = Thread.ofVirtual().start(() -> {
            try {
                gateway.send(MESSAGE);
            } catch (InterruptedException e) {
                seen.set(List.copyOf(server.commands()));
            }
        });
        Awaitility.await().until(() -> second.getState() == Thread.State.TIMED_WAITING);
        second.interrupt();
        second.join();
        assertThat(seen.get()).hasSize(1); // the second had not got as far as a connection

        first.interrupt();
        first.join();
        assertThat(sent.getCount()).isZero();
    }

    @Test
    void interruptionCutsTheConnection() throws Exception {
        server.on("EHLO", ScriptedSmtp.STALL);
        SmtpGateway gateway = gateway().maxConnections(1).build();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> gateway.send(MESSAGE)).isInstanceOf(InterruptedException.class);

        server.on("EHLO", "250 scripted");
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(gateway.send(MESSAGE).isAccepted()).isTrue());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {51, 52, 53, 54})
    void whateverAServerSaysThereIsAnOutcome(long seed) throws Exception {
        Random random = new Random(seed);
        List<String> commands = List.of("connect", "EHLO", "HELO", "MAIL", "RCPT", "DATA", ".", "RSET", "QUIT");
        List<String> replies = List.of(
                "",
                "2",
                "25",
                "250",
                "250 ",
                "-1 no",
                "999 what",
                "000",
                "250-never ends",
                "5.7.1",
                "\0\0\0",
                "ż",
                "550 ż",
                "354",
                "220",
                "421",
                "250-SIZE 99999999999999999999\r\n250 AUTH",
                "250-SIZE 10\r\n250 AUTH=",
                "550 5.1.",
                "x".repeat(9000),
                "cut");
        for (int n = 0; n < 15; n++) {
            try (ScriptedSmtp strange = new ScriptedSmtp()) {
                for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                    strange.on(
                            commands.get(random.nextInt(commands.size())), replies.get(random.nextInt(replies.size())));
                }
                DeliveryOutcome outcome = gateway()
                        .port(strange.port())
                        .timeout(Duration.ofMillis(400))
                        .build()
                        .send(MESSAGE);

                boolean dot = strange.commands().contains("DATA");
                assertThat(dot || !outcome.isAccepted()).isTrue();
            }
        }
    }
}
