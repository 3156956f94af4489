package dev.tocsin.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What networks and servers do that no protocol allows. */
@Timeout(60)
class HttpFaultsIT {
    private static final Message MESSAGE = Message.of("t", "x");
    private static final Duration SHORT = Duration.ofMillis(700);

    @Test
    void aRefusedConnectionIsTransient() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }

        try (Gateway gateway = WebhookGateway.to(uri(port))) {
            assertThat(gateway.send(MESSAGE)).isEqualTo(new DeliveryOutcome.Transient("could not connect"));
            assertThat(gateway.check()).isEqualTo(new GatewayHealth.Down("could not connect"));
        }
    }

    @Test
    void anUnknownHostIsTransient() throws Exception {
        try (Gateway gateway = WebhookGateway.to(URI.create("http://no-such-host.invalid/s3cret"))) {
            assertThat(gateway.send(MESSAGE))
                    .isEqualTo(new DeliveryOutcome.Transient("the host's name could not be resolved"));
        }
    }

    @Test
    void aConnectionThatIsNoTlsIsTransient() throws Exception {
        try (RawServer server = new RawServer(socket -> RawServer.write(socket, "HTTP/1.1 400 Bad\r\n\r\n"));
                Gateway gateway = WebhookGateway.to(URI.create("https://127.0.0.1:" + server.port() + "/"))) {
            assertThat(gateway.send(MESSAGE).word()).isIn("transient", "unknown");
        }
    }

    @Test
    void aConnectionCutAfterTheRequestIsUnknown() throws Exception {
        try (RawServer server = new RawServer(RawServer::readRequest);
                Gateway gateway = WebhookGateway.to(uri(server.port()))) {
            assertThat(gateway.send(MESSAGE))
                    .isEqualTo(new DeliveryOutcome.Unknown("the connection was lost before the answer"));
        }
    }

    @Test
    void aConnectionCutInsideTheHeadersIsUnknown() throws Exception {
        try (RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Le");
                Gateway gateway = WebhookGateway.to(uri(server.port()))) {
            assertThat(gateway.send(MESSAGE).word()).isEqualTo("unknown");
        }
    }

    @Test
    void anAnswerThatIsNoHttpIsUnknown() throws Exception {
        try (RawServer server = answering("220 mail.example ESMTP\r\n");
                Gateway gateway = WebhookGateway.to(uri(server.port()))) {
            assertThat(gateway.send(MESSAGE).word()).isEqualTo("unknown");
        }
    }

    @Test
    void aStalledServerIsUnknownAfterTheDeadline() throws Exception {
        try (RawServer server = stalling("");
                Gateway gateway = WebhookGateway.to(uri(server.port())).withTimeout(SHORT)) {
            assertThat(gateway.send(MESSAGE)).isEqualTo(new DeliveryOutcome.Unknown("no answer within PT0.7S"));
        }
    }

    @Test
    void aStatusCountsEvenIfItsBodyStalls() throws Exception {
        try (RawServer server = stalling("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                Gateway gateway = WebhookGateway.to(uri(server.port())).withTimeout(SHORT)) {
            assertThat(gateway.send(MESSAGE).isAccepted()).isTrue();
        }
        try (RawServer server = stalling("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nhalf");
                Gateway gateway = WebhookGateway.to(uri(server.port())).withTimeout(SHORT)) {
            assertThat(gateway.send(MESSAGE).word()).isEqualTo("transient");
        }
    }

    @Test
    void slackIsNotBelievedBeforeItHasSaidOkToTheEnd() throws Exception {
        try (RawServer server = stalling("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok");
                Gateway gateway = SlackWebhook.to(uri(server.port())).withTimeout(SHORT)) {
            assertThat(gateway.send(MESSAGE).word()).isEqualTo("unknown");
        }
        try (RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok");
                Gateway gateway = SlackWebhook.to(uri(server.port()))) {
            assertThat(gateway.send(MESSAGE).word()).isEqualTo("unknown");
        }
    }

    @Test
    void aDrippingServerIsLeftAtTheDeadline() throws Exception {
        try (RawServer server = new RawServer(socket -> {
                    RawServer.readRequest(socket);
                    RawServer.write(socket, "HTTP/1.1 200 OK\r\nX: ");
                    while (true) {
                        RawServer.write(socket, "y");
                        Thread.sleep(20); // the slow peer is what is tested
                    }
                });
                Gateway gateway = WebhookGateway.to(uri(server.port())).withTimeout(SHORT)) {
            assertThat(gateway.send(MESSAGE).word()).isEqualTo("unknown");
        }
    }

    @Test
    void anEndlessBodyIsNotRead() throws Exception {
        long[] written = {0};
        try (RawServer server = new RawServer(socket -> {
                    RawServer.readRequest(socket);
                    RawServer.write(socket, "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n");
                    String chunk = "2000\r\n" + "x".repeat(0x2000) + "\r\n";
                    while (written[0] < 1L << 30) {
                        RawServer.write(socket, chunk);
                        written[0] += 0x2000;
                    }
                });
                Gateway gateway = WebhookGateway.to(uri(server.port()))) {
            assertThat(gateway.send(MESSAGE).word()).isEqualTo("invalid_request");
        }
        assertThat(written[0]).isLessThan(64L << 20); // what sockets and client buffer, not what the server has
    }

    @Test
    void interruptionEndsTheWait() throws Exception {
        try (RawServer server = stalling("");
                Gateway gateway = WebhookGateway.to(uri(server.port()))) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> gateway.send(MESSAGE)).isInstanceOf(InterruptedException.class);
        }
    }

    private static URI uri(int port) {
        return URI.create("http://127.0.0.1:" + port + "/s3cret");
    }

    private static RawServer answering(String bytes) {
        return new RawServer(socket -> {
            RawServer.readRequest(socket);
            RawServer.write(socket, bytes);
        });
    }

    private static RawServer stalling(String bytes) throws IOException {
        RawServer[] self = new RawServer[1];
        self[0] = new RawServer(socket -> {
            RawServer.readRequest(socket);
            RawServer.write(socket, bytes);
            self[0].stall();
        });
        return self[0];
    }
}
