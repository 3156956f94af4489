package dev.tocsin.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadmeIT {
    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        SigningKey key = SigningKey.of("2026-11", "a secret of 16 bytes or more");
        List<String> later = new ArrayList<>();
        List<WebhookSignature.Verdict> verdicts = new ArrayList<>();
        try (HttpReceiver receiver = new HttpReceiver(got -> {
            verdicts.add(verdict(got, key));
            return HttpReceiver.Answer.of(503, "");
        })) {
            URI uri = receiver.uri("/alerts");
            // @start region="send"
            Gateway gateway = WebhookGateway.to(uri).signedWith(key);
            RetryPolicy policy = RetryPolicy.defaults();
            Message message = Message.of("Node down", "no head for 3 min").withSeverity("critical");
            DeliveryOutcome outcome = gateway.send(message);
            Optional<Duration> pause = policy.next(1, outcome); // attempts made so far: 1
            switch (outcome) {
                case DeliveryOutcome.Accepted a -> later.add("nothing");
                case DeliveryOutcome.InvalidRecipient i -> later.add("forget " + i.recipient());
                case DeliveryOutcome.Unauthorized u -> later.add("renew the key: " + u.reason());
                default -> later.add(pause.isPresent() ? "again" : "given up");
            }
            // @end
            assertThat(pause).isPresent();
            gateway.close();
        }

        assertThat(later).containsExactly("again");
        assertThat(verdicts).containsExactly(WebhookSignature.Verdict.VALID);
    }

    private static WebhookSignature.Verdict verdict(HttpReceiver.Got got, SigningKey key) {
        String header = got.headers().getFirst("Tocsin-Signature");
        String path = got.uri().getRawPath();
        byte[] body = got.body();
        // @start region="verify"
        WebhookSignature.Verdict verdict =
                WebhookSignature.verify(header, "POST", path, body, List.of(key), Instant.now());
        // @end
        return verdict;
    }

    @Test
    void readmeShowsThatCode() throws IOException {
        String readme = Files.readString(Path.of("README.md"));

        assertThat(readme).contains(region("send")).contains(region("verify"));
    }

    private static String region(String name) throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/tocsin/notification/ReadmeIT.java"));
        int start = source.indexOf('\n', source.indexOf("@start region=\"" + name + "\"")) + 1;
        return source.substring(start, source.lastIndexOf('\n', source.indexOf("@end", start)))
                .stripIndent()
                .strip();
    }
}
