package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookInboxTest {
    private final WebhookInbox inbox = WebhookInbox.start();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
        inbox.close();
    }

    @Test
    void aRequestIsKeptAsItCame() throws Exception {
        post("{\"a\":1}");

        ReceivedRequest request = inbox.awaitRequests(1, Duration.ofSeconds(5)).getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/hook");
        assertThat(request.body()).isEqualTo("{\"a\":1}");
        assertThat(request.header("x-test")).contains("yes");
        assertThat(request.answered()).isEqualTo(200);
    }

    @Test
    void queuedAnswersComeFirstAndInOrder() throws Exception {
        inbox.reply(503, 400);
        inbox.reply(WebhookInbox.Reply.of(429).header("Retry-After", "7").body("slow down"));

        assertThat(post("1").statusCode()).isEqualTo(503);
        assertThat(post("2").statusCode()).isEqualTo(400);
        HttpResponse<String> third = post("3");
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.headers().firstValue("Retry-After")).contains("7");
        assertThat(third.body()).isEqualTo("slow down");
        assertThat(post("4").statusCode()).isEqualTo(200);
    }

    @Test
    void aDroppedRequestIsKeptButNotAnswered() {
        inbox.usually(WebhookInbox.Reply.dropped());

        assertThatThrownBy(() -> post("lost")).isInstanceOf(IOException.class);
        assertThat(inbox.requests()).extracting(ReceivedRequest::body).contains("lost");
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(inbox.uri())
                .header("X-Test", "yes")
                .timeout(Duration.ofSeconds(5))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
