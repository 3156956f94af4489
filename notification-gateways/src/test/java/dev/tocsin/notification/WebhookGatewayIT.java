package dev.tocsin.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhookGatewayIT {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:30Z");
    private static final SigningKey KEY = SigningKey.of("k1", "0123456789abcdef0123456789abcdef");
    private static final Message MESSAGE = Message.of(
                    "Wał: \"12\" > 3", "line 1\nline 2 😀\u0007", Instant.parse("2026-11-21T10:00:00Z"))
            .withKey("1:0xabc:0xdef:7:whale")
            .withSeverity("critical")
            .withHtml("<b>not sent</b>")
            .withFact("value", "400000 USDC")
            .withFact("from", "0x1");

    private final HttpReceiver receiver = new HttpReceiver(WebhookGatewayIT::strict);

    @AfterEach
    void stop() {
        receiver.close();
    }

    /** Answers 400 to whatever is not exactly as documented. */
    private static HttpReceiver.Answer strict(HttpReceiver.Got got) {
        String signature = String.join("|", got.headers().getOrDefault("Tocsin-Signature", List.of()));
        JsonNode json = new JsonMapper().readTree(got.body());
        boolean fine = got.method().equals("POST")
                && WebhookSignature.verify(signature, "POST", got.uri().getRawPath(), got.body(), List.of(KEY), NOW)
                        .isValid()
                && got.headers().get("Content-Type").equals(List.of("application/json"))
                && got.headers()
                        .get("Idempotency-Key")
                        .equals(List.of(json.get("key").asString()))
                && List.copyOf(json.propertyNames()).equals(List.of("key", "title", "text", "severity", "at", "facts"));
        return HttpReceiver.Answer.of(fine ? 202 : 400, "");
    }

    private WebhookGateway gateway(String path) {
        return WebhookGateway.to(receiver.uri(path)).signedWith(KEY).withClock(InstantSource.fixed(NOW));
    }

    @Test
    void aStrictReceiverAcceptsTheRequest() throws InterruptedException {
        try (Gateway gateway = gateway("/hooks/a%20b?token=x")) {
            assertThat(gateway.send(MESSAGE)).isEqualTo(new DeliveryOutcome.Accepted(MESSAGE.key()));
        }

        JsonNode json = new JsonMapper().readTree(receiver.got().getFirst().body());
        assertThat(json.get("title").asString()).isEqualTo(MESSAGE.title());
        assertThat(json.get("text").asString()).isEqualTo(MESSAGE.text());
        assertThat(json.get("severity").asString()).isEqualTo("critical");
        assertThat(json.get("at").asString()).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(json.get("facts").toString()).isEqualTo("{\"from\":\"0x1\",\"value\":\"400000 USDC\"}");
    }

    @Test
    void anEmptyPathIsSignedAsSlash() throws InterruptedException {
        try (Gateway gateway = gateway("")) {
            assertThat(gateway.send(MESSAGE).isAccepted()).isTrue();
        }
    }

    @Test
    void aRepeatIsTheSameToTheByte() throws InterruptedException {
        try (Gateway gateway = gateway("/")) {
            gateway.send(MESSAGE);
            gateway.send(MESSAGE);
        }

        assertThat(receiver.got()).hasSize(2);
        assertThat(receiver.got().get(0).body()).isEqualTo(receiver.got().get(1).body());
        assertThat(receiver.got())
                .allMatch(got -> got.headers().getFirst("Idempotency-Key").equals(MESSAGE.key()));
    }

    @Test
    void anUnsignedGatewaySendsNoSignature() throws InterruptedException {
        receiver.answer(200, "", Map.of());
        try (Gateway gateway = WebhookGateway.to(receiver.uri("/"))) {
            gateway.send(MESSAGE);
        }

        assertThat(receiver.got().getFirst().headers()).doesNotContainKey("Tocsin-Signature");
    }

    @ParameterizedTest
    @CsvSource({
        "200,accepted",
        "201,accepted",
        "202,accepted",
        "204,accepted",
        "299,accepted",
        "300,invalid_request",
        "301,invalid_request",
        "302,invalid_request",
        "303,invalid_request",
        "304,invalid_request",
        "307,invalid_request",
        "308,invalid_request",
        "400,invalid_request",
        "405,invalid_request",
        "406,invalid_request",
        "415,invalid_request",
        "422,invalid_request",
        "401,unauthorized",
        "402,unauthorized",
        "403,unauthorized",
        "407,unauthorized",
        "404,invalid_recipient",
        "410,invalid_recipient",
        "413,too_large",
        "408,transient",
        "409,transient",
        "421,transient",
        "423,transient",
        "425,transient",
        "429,rate_limited",
        "500,transient",
        "501,transient",
        "502,transient",
        "503,transient",
        "504,transient",
        "599,transient"
    })
    void everyStatusHasItsOutcome(int status, String word) throws InterruptedException {
        receiver.answer(
                status, "", Map.of("Location", receiver.uri("/elsewhere").toString()));
        try (Gateway gateway = WebhookGateway.to(receiver.uri("/here"))) {
            assertThat(gateway.send(MESSAGE).word()).isEqualTo(word);
        }

        assertThat(receiver.got())
                .hasSize(1)
                .allMatch(got -> got.uri().getPath().equals("/here")); // no redirect followed
    }

    @Test
    void retryAfterIsReadInBothForms() throws InterruptedException {
        try (Gateway gateway = gateway("/")) {
            receiver.answer(429, "", Map.of("Retry-After", "17"));
            assertThat(gateway.send(MESSAGE)).isEqualTo(new DeliveryOutcome.RateLimited(Duration.ofSeconds(17)));

            receiver.answer(429, "", Map.of());
            assertThat(gateway.send(MESSAGE)).isEqualTo(new DeliveryOutcome.RateLimited(Duration.ZERO));

            receiver.answer(503, "", Map.of("Retry-After", "5"));
            assertThat(gateway.send(MESSAGE))
                    .isEqualTo(new DeliveryOutcome.Transient("HTTP 503", Optional.of(Duration.ofSeconds(5))));
        }
        // the JDK's server says its own Date, against which an HTTP date is compared; a raw one need not
        String head = "HTTP/1.1 429 Slow\r\nRetry-After: Sat, 21 Nov 2026 10:02:30 GMT\r\nContent-Length: 0\r\n\r\n";
        try (RawServer raw = answering(head);
                Gateway gateway = WebhookGateway.to(URI.create("http://127.0.0.1:" + raw.port()))
                        .withClock(InstantSource.fixed(NOW))) {
            assertThat(gateway.send(MESSAGE)).isEqualTo(new DeliveryOutcome.RateLimited(Duration.ofMinutes(2)));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theHealthCheckSendsNothingAndTakesAnyAnswerBut5xxForUp() throws InterruptedException {
        try (Gateway gateway = gateway("/")) {
            receiver.answer(405, "", Map.of());
            assertThat(gateway.check()).isInstanceOf(GatewayHealth.Up.class);
            receiver.answer(503, "", Map.of());
            assertThat(gateway.check()).isEqualTo(new GatewayHealth.Down("HTTP 503"));
        }
        assertThat(receiver.got()).allMatch(got -> got.method().equals("HEAD") && got.body().length == 0);
    }

    @Test
    void noTextShowsTheSecrets() {
        WebhookGateway gateway = WebhookGateway.to(URI.create("https://hook.example/s3cretpath?token=s3crettoken"))
                .signedWith(SigningKey.of("k1", "s3cret-s3cret-s3cret"))
                .named("pager");

        assertThat(gateway.toString()).isEqualTo("WebhookGateway[pager, SigningKey[k1]]");
        assertThatThrownBy(() -> WebhookGateway.to(URI.create("ftp://hook.example/s3cret")))
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> WebhookGateway.to(URI.create("https://u:s3cret@hook.example/")))
                .hasMessage("URI must have neither user information nor a fragment");
        assertThatThrownBy(() -> WebhookGateway.to(URI.create("https:/s3cret"))).hasMessage("URI must name a host");
        assertThatThrownBy(() -> gateway.withTimeout(Duration.ZERO))
                .hasMessage("timeout must be 1 ms to 5 min, was PT0S");
        assertThatThrownBy(() -> gateway.named("a b")).hasMessageContaining("name must be");
    }

    @Test
    void aClosedGatewaySaysSo() {
        Gateway gateway = gateway("/");
        gateway.close();
        gateway.close();

        assertThatThrownBy(() -> gateway.send(MESSAGE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("gateway webhook is closed");
    }

    private static RawServer answering(String head) {
        return new RawServer(socket -> {
            RawServer.readRequest(socket);
            socket.getOutputStream().write(head.getBytes(UTF_8));
        });
    }
}
