package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private final WebhookInbox server = WebhookInbox.start();
    private final TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port());
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
        proxy.close();
        server.close();
    }

    @Test
    void bytesPassInBothDirections() throws Exception {
        server.reply(WebhookInbox.Reply.of(200).body("hello ".repeat(5_000)));

        assertThat(get()).isEqualTo("hello ".repeat(5_000));
        assertThat(proxy.connections()).isEqualTo(1);
    }

    @Test
    void afterAKillConnectionsAreRefusedUntilTheProxyIsRestoredOnTheSamePort() throws Exception {
        int port = proxy.port();
        get();

        proxy.kill();

        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
        proxy.restore();
        assertThat(get()).isEmpty();
        assertThat(proxy.port()).isEqualTo(port);
    }

    @Test
    void noConnectionSucceedsOnceKillHasReturned() {
        for (int i = 0; i < 300; i++) {
            proxy.kill();
            assertThatThrownBy(() -> new Socket("127.0.0.1", proxy.port()).close())
                    .as("kill %s", i)
                    .isInstanceOf(ConnectException.class);
            proxy.restore();
        }
    }

    @Test
    void anOpenConnectionIsReset() throws Exception {
        for (int i = 1; i <= 100; i++) {
            long counted = i;
            try (Socket socket = new Socket("127.0.0.1", proxy.port())) {
                socket.setSoTimeout(5_000);
                Waiting.until(() -> proxy.connections() == counted, Duration.ofSeconds(5), () -> "no connection");

                proxy.reset();

                assertThatThrownBy(() -> socket.getInputStream().read())
                        .as("connection %s", i)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("reset");
            }
        }
    }

    @Test
    void aPausedConnectionIsSilentAndGoesOnAfterwards() throws Exception {
        proxy.pause();
        try (Socket socket = new Socket("127.0.0.1", proxy.port())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes());
            socket.setSoTimeout(200);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

            proxy.resume();

            socket.setSoTimeout(5_000);
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }
    }

    @Test
    void anAnswerIsCutInTheMiddle() {
        server.reply(WebhookInbox.Reply.of(200).body("x".repeat(1_000)));

        proxy.cutAfter(300);

        assertThatThrownBy(this::get).isInstanceOf(IOException.class);
    }

    @Test
    void aSlowAnswerTakesItsTime() throws Exception {
        proxy.slow(Duration.ofMillis(150));
        long start = System.nanoTime();

        get();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
    }

    @Test
    void healingTakesEveryFaultAway() throws Exception {
        proxy.pause();
        proxy.cutAfter(0);
        proxy.kill();

        proxy.heal();

        assertThat(get()).isEmpty();
    }

    private String get() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(proxy.uri("http") + "/"))
                .timeout(Duration.ofSeconds(5))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
