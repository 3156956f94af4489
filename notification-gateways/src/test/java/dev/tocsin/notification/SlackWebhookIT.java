package dev.tocsin.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SlackWebhookIT {
    private static final String SECRET = "/services/T000/B000/s3cretS3cret";
    private static final Message MESSAGE = Message.of(
                    "NodeDown <!channel>", "no head & > 3 min", Instant.parse("2026-11-21T10:00:00Z"))
            .withKey("k-1")
            .withSeverity("critical")
            .withFact("node", "a.example");

    private final HttpReceiver slack = new HttpReceiver(SlackWebhookIT::strict);

    @AfterEach
    void stop() {
        slack.close();
    }

    private static HttpReceiver.Answer strict(HttpReceiver.Got got) {
        if (!got.method().equals("POST") || !got.headers().get("Content-Type").equals(List.of("application/json"))) {
            return HttpReceiver.Answer.of(400, "invalid_payload");
        }
        JsonNode json = new JsonMapper().readTree(got.body());
        if (json.path("text").asString("").isEmpty()) {
            return HttpReceiver.Answer.of(400, "no_text");
        }
        boolean known = List.copyOf(json.propertyNames()).equals(List.of("text", "blocks"));
        return known ? HttpReceiver.Answer.of(200, "ok") : HttpReceiver.Answer.of(400, "invalid_payload");
    }

    @Test
    void aMessageIsShownInBlocksAndEscaped() throws InterruptedException {
        try (Gateway gateway = SlackWebhook.to(slack.uri(SECRET))) {
            assertThat(gateway.send(MESSAGE)).isEqualTo(new DeliveryOutcome.Accepted("k-1"));
        }

        JsonNode json = new JsonMapper().readTree(slack.got().getFirst().body());
        assertThat(json.get("text").asString()).isEqualTo("NodeDown &lt;!channel&gt;\nno head &amp; &gt; 3 min");
        assertThat(json.get("blocks").toString())
                .isEqualTo(
                        "[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"*NodeDown &lt;!channel&gt;*\",\"verbatim\":true}},"
                                + "{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":\"no head &amp; &gt; 3 min\",\"verbatim\":true}},"
                                + "{\"type\":\"section\",\"fields\":[{\"type\":\"mrkdwn\",\"text\":\"*node*\\na.example\",\"verbatim\":true}]},"
                                + "{\"type\":\"context\",\"elements\":[{\"type\":\"mrkdwn\",\"text\":\"critical · 2026-11-21T10:00:00Z\","
                                + "\"verbatim\":true}]}]");
    }

    @ParameterizedTest(name = "{0} {1} -> {2}")
    @CsvSource({
        "200,ok,accepted",
        "200,,unknown",
        "200,OK,unknown",
        "200,<html>ok</html>,unknown",
        "201,ok,unknown",
        "200,invalid_payload,invalid_request",
        "400,invalid_payload,invalid_request",
        "400,no_text,invalid_request",
        "400,too_many_attachments,invalid_request",
        "400,invalid_blocks,invalid_request",
        "400,msg_too_long,too_large",
        "403,action_prohibited,unauthorized",
        "403,invalid_token,unauthorized",
        "403,posting_to_general_channel_denied,unauthorized",
        "404,no_team,unauthorized",
        "403,team_disabled,unauthorized",
        "404,channel_not_found,invalid_recipient",
        "404,no_service,invalid_recipient",
        "404,no_service_id,invalid_recipient",
        "404,no_active_hooks,invalid_recipient",
        "404,user_not_found,invalid_recipient",
        "410,channel_is_archived,invalid_recipient",
        "400,channel_is_archived,invalid_recipient",
        "429,,rate_limited",
        "429,rate_limited,rate_limited",
        "500,rollup_error,transient",
        "500,,transient",
        "503,<html>,transient",
        "302,,invalid_request",
        "403,something new,unauthorized",
        "404,something new,invalid_recipient",
        "413,,too_large",
        "400,something new,invalid_request"
    })
    void everyAnswerHasItsOutcome(int status, String body, String word) throws InterruptedException {
        slack.answer(status, body == null ? "" : body, Map.of());
        try (Gateway gateway = SlackWebhook.to(slack.uri(SECRET))) {
            DeliveryOutcome outcome = gateway.send(MESSAGE);

            assertThat(outcome.word()).isEqualTo(word);
            assertThat(outcome.toString()).doesNotContain("s3cret").doesNotContain("services");
        }
    }

    @Test
    void retryAfterIsObeyed() throws InterruptedException {
        slack.answer(429, "rate_limited", Map.of("Retry-After", "30"));
        try (Gateway gateway = SlackWebhook.to(slack.uri(SECRET))) {
            assertThat(gateway.send(MESSAGE)).isEqualTo(new DeliveryOutcome.RateLimited(Duration.ofSeconds(30)));
        }
    }

    @Test
    void aDeadWebhookIsNamedByTheGatewayNotByItsUrl() throws InterruptedException {
        slack.answer(404, "no_service", Map.of());
        try (Gateway gateway = SlackWebhook.to(slack.uri(SECRET)).named("slack-ops")) {
            assertThat(gateway.send(MESSAGE))
                    .isEqualTo(new DeliveryOutcome.InvalidRecipient("slack-ops", "no_service"));
        }
    }

    @Test
    void noTextShowsTheUrl() {
        assertThat(SlackWebhook.to(URI.create("https://hooks.slack.example" + SECRET))
                        .toString())
                .isEqualTo("SlackWebhook[slack]");
        assertThatThrownBy(() -> SlackWebhook.to(URI.create("file:" + SECRET))).hasMessageNotContaining("s3cret");
    }
}
