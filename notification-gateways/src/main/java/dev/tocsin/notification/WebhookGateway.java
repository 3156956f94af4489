package dev.tocsin.notification;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Posts messages as JSON to a program.
 *
 * <p>The body is {@code {"key", "title", "text", "severity", "at", "facts"}}: all texts, {@code at} an ISO 8601 instant, {@code facts} an
 * object of texts. The header {@code Idempotency-Key} is the message's key, the same at every attempt; with a {@link SigningKey} there is
 * also {@code Tocsin-Signature} ({@link WebhookSignature}).
 *
 * <p>2xx is accepted. 429 is rate limited, 408, 409, 421, 423, 425 and 5xx are transient, with {@code Retry-After} obeyed in both its
 * forms. 401, 402, 403 and 407 are unauthorized, 404 and 410 an invalid recipient, 413 too large, everything else, redirects included,
 * an invalid request. What never left is transient; what left and was not answered is unknown. At most 4096 bytes of an answer are
 * read.
 *
 * <p>The URI is treated as a secret. Immutable but for its connections, which are opened with the first message; safe for use by many
 * threads; as many connections as there are sends at one time.
 */
public final class WebhookGateway implements Gateway {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpEndpoint endpoint;
    private final @Nullable SigningKey key;

    private WebhookGateway(URI uri, HttpOptions options, @Nullable SigningKey key) {
        this.endpoint = new HttpEndpoint(uri, options);
        this.key = key;
    }

    /**
     * A gateway named {@code webhook} that posts, unsigned, to this URI.
     *
     * @param uri where to; http or https, without user information and fragment
     * @return the gateway
     * @throws IllegalArgumentException if the URI is not so
     */
    public static WebhookGateway to(URI uri) {
        return new WebhookGateway(uri, HttpOptions.named("webhook"), null);
    }

    /**
     * The same gateway, signing every request.
     *
     * @param key what to sign with
     * @return a changed copy with connections of its own
     */
    public WebhookGateway signedWith(SigningKey key) {
        return new WebhookGateway(endpoint.uri(), endpoint.options(), requireNonNull(key, "key"));
    }

    /**
     * The same gateway under another name.
     *
     * @param name default {@code webhook}; 1 to 64 characters of {@code A-Z a-z 0-9 . _ : -}
     * @return a changed copy with connections of its own
     */
    public WebhookGateway named(String name) {
        return with(endpoint.options().withName(name));
    }

    /**
     * The same gateway with another limit on the time to connect.
     *
     * @param connectTimeout default 5 s; 1 ms to 5 min. Too short fails on a slow line, too long keeps senders waiting for a dead host
     * @return a changed copy with connections of its own
     */
    public WebhookGateway withConnectTimeout(Duration connectTimeout) {
        return with(endpoint.options().withConnectTimeout(connectTimeout));
    }

    /**
     * The same gateway with another limit on a whole attempt.
     *
     * @param timeout default 10 s; 1 ms to 5 min. Too short makes deliveries unknown that were accepted
     * @return a changed copy with connections of its own
     */
    public WebhookGateway withTimeout(Duration timeout) {
        return with(endpoint.options().withTimeout(timeout));
    }

    /**
     * The same gateway with another clock, for signatures and for {@code Retry-After} dates of servers that do not say their own time.
     *
     * @param clock default the system's
     * @return a changed copy with connections of its own
     */
    public WebhookGateway withClock(InstantSource clock) {
        return with(endpoint.options().withClock(clock));
    }

    private WebhookGateway with(HttpOptions options) {
        return new WebhookGateway(endpoint.uri(), options, key);
    }

    @Override
    public String name() {
        return endpoint.options().name();
    }

    @Override
    public DeliveryOutcome send(Message message) throws InterruptedException {
        byte[] body = JSON.writeValueAsBytes(json(message));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Idempotency-Key", message.key());
        InstantSource clock = endpoint.options().clock();
        if (key != null) {
            headers.put(
                    WebhookSignature.HEADER,
                    WebhookSignature.sign(key, "POST", endpoint.path(), body, clock.instant()));
        }
        return switch (endpoint.post(body, headers)) {
            case HttpAnswer.NotSent n -> new DeliveryOutcome.Transient(n.reason());
            case HttpAnswer.NoReply n -> new DeliveryOutcome.Unknown(n.reason());
            case HttpAnswer.Replied r
            when r.status() >= 200 && r.status() < 300 -> new DeliveryOutcome.Accepted(message.key());
            case HttpAnswer.Replied r -> HttpStatus.outcome(r.status(), name(), RetryAfter.of(r.headers(), clock));
        };
    }

    private static ObjectNode json(Message message) {
        ObjectNode json = JSON.createObjectNode();
        json.put("key", message.key());
        json.put("title", message.title());
        json.put("text", message.text());
        json.put("severity", message.severity());
        json.put("at", message.at().toString());
        ObjectNode facts = json.putObject("facts");
        message.facts().forEach(facts::put);
        return json;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asks with HEAD; any answer below 500 counts as up, since most receivers take POST only.
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
        return "WebhookGateway[" + name() + ", " + (key == null ? "unsigned" : key) + "]";
    }
}
