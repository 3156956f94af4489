package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.testsupport.MutableClock;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ReceiversTest {

    private final Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final MutableClock clock = MutableClock.at(now);

    @Test
    void theMailboxRecordsEveryKeyAndCountsRepeats() throws Exception {
        try (DemoMailbox mailbox = DemoMailbox.start(clock, received -> {})) {
            String longKey = "1337:0x" + "a".repeat(64) + ":0x" + "b".repeat(64) + ":12:large-usdc-transfer";
            mail(mailbox, "größer", longKey, "two");
            mail(mailbox, "again", "two");
            mail(mailbox, "none");

            assertThat(mailbox.keys()).containsExactlyInAnyOrder(longKey, "two");
            assertThat(mailbox.repeats()).isEqualTo(1);
            assertThat(mailbox.deliveries()).isEqualTo(4);
            assertThat(mailbox.received())
                    .containsExactly(
                            new Received(longKey, "größer", List.of(), now),
                            new Received("two", "größer", List.of(), now),
                            new Received("two", "again", List.of(), now),
                            new Received("", "none", List.of(), now));
        }
    }

    @Test
    void theWebhookRecordsKeyAndBodyAndCountsRepeats() throws Exception {
        List<Received> heard = new CopyOnWriteArrayList<>();
        try (DemoWebhook webhook = DemoWebhook.start(clock, heard::add);
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(post(client, webhook, "one", "{\"a\":1}")).isEqualTo(200);
            assertThat(post(client, webhook, "one", "{\"a\":1}")).isEqualTo(200);
            assertThat(post(client, webhook, "two", "{}")).isEqualTo(200);
            assertThat(post(client, webhook, "big", " ".repeat((1 << 20) + 1))).isEqualTo(413);

            assertThat(webhook.keys()).containsExactlyInAnyOrder("one", "two");
            assertThat(webhook.deliveries()).isEqualTo(3);
            assertThat(webhook.repeats()).isEqualTo(1);
            assertThat(webhook.received().getFirst()).isEqualTo(new Received("one", "{\"a\":1}", List.of(), now));
            assertThat(heard).isEqualTo(webhook.received());
            client.shutdownNow();
        }
    }

    @Test
    void theMailboxReadsTheAlertsThatTheFactsAtTheEndOfAMailName() throws Exception {
        List<Received> heard = new CopyOnWriteArrayList<>();
        try (DemoMailbox mailbox = DemoMailbox.start(clock, heard::add)) {
            String many = "1337:0xaa:0xbb:1:huge-usdc-transfer ".repeat(50).strip();
            send(mailbox, "one", "alerts: somebody's name\n\nalertname: a\nalerts: k1 k2\nstatus: firing\n");
            send(mailbox, "two", "text\n\nalerts: k1\nstatus: withdrawn\n");
            send(mailbox, "three", "text\n\nalerts: " + many + "\nstatus: firing\n");
        }

        assertThat(heard).extracting(Received::text).containsExactly("one", "two", "three");
        assertThat(heard.get(0).alerts()).containsExactly("k1", "k2");
        assertThat(heard.get(1).alerts()).isEmpty();
        assertThat(heard.get(2).alerts()).hasSize(50).containsOnly("1337:0xaa:0xbb:1:huge-usdc-transfer");
    }

    @Test
    void theWebhookReadsTheAlertsOfTheFacts() throws Exception {
        List<Received> heard = new CopyOnWriteArrayList<>();
        try (DemoWebhook webhook = DemoWebhook.start(clock, heard::add);
                HttpClient client = HttpClient.newHttpClient()) {
            post(client, webhook, "one", "{\"facts\": {\"status\": \"firing\", \"alerts\": \"k1 k2\"}}");
            post(client, webhook, "two", "{\"facts\": {\"status\": \"withdrawn\", \"alerts\": \"k1\"}}");
            client.shutdownNow();
        }

        assertThat(heard).extracting(Received::alerts).containsExactly(List.of("k1", "k2"), List.of());
    }

    @Test
    void onlyTheNewestDeliveriesAreKept() {
        Inbox inbox = new Inbox();
        for (int i = 0; i < 1_500; i++) {
            inbox.add(new Received("key " + i, "", List.of(), now));
        }

        assertThat(inbox.newest()).hasSize(1_000);
        assertThat(inbox.newest().getLast().key()).isEqualTo("key 1499");
        assertThat(inbox.keys()).hasSize(1_500);
        assertThat(inbox.deliveries()).isEqualTo(1_500);
    }

    private static int post(HttpClient client, DemoWebhook webhook, String key, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(webhook.uri())
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private static void send(DemoMailbox mailbox, String subject, String text) throws Exception {
        mail(mailbox, subject, text, List.of(subject));
    }

    private static void mail(DemoMailbox mailbox, String subject, String... keys) throws Exception {
        mail(mailbox, subject, "x", List.of(keys));
    }

    private static void mail(DemoMailbox mailbox, String subject, String text, List<String> keys) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", "127.0.0.1");
        properties.setProperty("mail.smtp.port", Integer.toString(mailbox.port()));
        MimeMessage message = new MimeMessage(Session.getInstance(properties));
        message.setFrom(new InternetAddress("tocsin@example.org"));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress("ops@example.org"));
        message.setSubject(subject, "UTF-8");
        for (String key : keys) {
            message.addHeader("X-Tocsin-Key", key);
        }
        message.setText(text, "UTF-8");
        Transport.send(message);
    }
}
