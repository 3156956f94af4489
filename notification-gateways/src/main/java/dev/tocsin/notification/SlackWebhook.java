package dev.tocsin.notification;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts messages to a Slack channel by an incoming webhook.
 *
 * <p>Sent are {@code text} (for notifications) and {@code blocks} (title, text, facts, severity and time), with {@code & < >} escaped and
 * automatic mentions off, cut to Slack's limits between code points. Accepted is only what is answered with 200 <i>and</i> the body
 * {@code ok}; errors are told apart by the word in the body, and by the status where there is none we know. An answer of 200 without
 * {@code ok} is unknown. Slack drops no repeats: an unknown outcome that is tried again may show the message twice.
 *
 * <p>The URL is a secret: whoever has it can post. It is in no text, log or outcome of ours. Immutable but for its connections, which are
 * opened with the first message; safe for use by many threads. Slack allows about one message a second per webhook.
 */
public final class SlackWebhook implements Gateway {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpEndpoint endpoint;

    private SlackWebhook(URI url, HttpOptions options) {
        this.endpoint = new HttpEndpoint(url, options);
    }

    /**
     * A gateway named {@code slack} that posts to the channel of this webhook.
     *
     * @param url the webhook's URL, a secret; https, or http for a stand-in
     * @return the gateway
     * @throws IllegalArgumentException if it is not such a URL
     */
    public static SlackWebhook to(URI url) {
        return new SlackWebhook(url, HttpOptions.named("slack"));
    }

    /**
     * The same gateway under another name.
     *
     * @param name default {@code slack}; 1 to 64 characters of {@code A-Z a-z 0-9 . _ : -}
     * @return a changed copy with connections of its own
     */
    public SlackWebhook named(String name) {
        return with(endpoint.options().withName(name));
    }

    /**
     * The same gateway with another limit on the time to connect.
     *
     * @param connectTimeout default 5 s; 1 ms to 5 min. Too short fails on a slow line, too long keeps senders waiting for a dead host
     * @return a changed copy with connections of its own
     */
    public SlackWebhook withConnectTimeout(Duration connectTimeout) {
        return with(endpoint.options().withConnectTimeout(connectTimeout));
    }

    /**
     * The same gateway with another limit on a whole attempt.
     *
     * @param timeout default 10 s; 1 ms to 5 min. Too short makes deliveries unknown that were accepted
     * @return a changed copy with connections of its own
     */
    public SlackWebhook withTimeout(Duration timeout) {
        return with(endpoint.options().withTimeout(timeout));
    }

    /**
     * The same gateway with another clock, for {@code Retry-After} dates of servers that do not say their own time.
     *
     * @param clock default the system's
     * @return a changed copy with connections of its own
     */
    public SlackWebhook withClock(InstantSource clock) {
        return with(endpoint.options().withClock(clock));
    }

    private SlackWebhook with(HttpOptions options) {
        return new SlackWebhook(endpoint.uri(), options);
    }

    @Override
    public String name() {
        return endpoint.options().name();
    }

    @Override
    public DeliveryOutcome send(Message message) throws InterruptedException {
        byte[] body = JSON.writeValueAsBytes(SlackBlocks.of(message, JSON.createObjectNode()));
        return switch (endpoint.post(body, Map.of())) {
            case HttpAnswer.NotSent n -> new DeliveryOutcome.Transient(n.reason());
            case HttpAnswer.NoReply n -> new DeliveryOutcome.Unknown(n.reason());
            case HttpAnswer.Replied r -> outcome(r, message);
        };
    }

    private DeliveryOutcome outcome(HttpAnswer.Replied reply, Message message) {
        String word = reply.body().strip();
        if (reply.status() == 200 && reply.wholeBody() && word.equals("ok")) {
            return new DeliveryOutcome.Accepted(message.key());
        }
        Optional<Duration> retryAfter =
                RetryAfter.of(reply.headers(), endpoint.options().clock());
        return SlackError.outcome(reply.status(), word, name(), retryAfter);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asks with HEAD; any answer below 500 counts as up. Whether the webhook itself is alive shows only when a message is sent.
     */
    @Override
    public GatewayHealth check() throws InterruptedException {
        return endpoint.probe();
    }

    @Override
    public void close() {
        endpoint.close();
    }

    @Override
    public String toString() {
        return "SlackWebhook[" + name() + "]";
    }
}
