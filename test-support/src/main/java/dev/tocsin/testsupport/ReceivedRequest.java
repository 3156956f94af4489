package dev.tocsin.testsupport;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A request as a {@link WebhookInbox} received it. */
public final class ReceivedRequest {
    private final Instant at;
    private final String method;
    private final String path;
    private final Map<String, String> headers;
    private final byte[] body;
    private final int answered;

    ReceivedRequest(Instant at, String method, String path, Map<String, String> headers, byte[] body, int answered) {
        this.at = at;
        this.method = method;
        this.path = path;
        this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        this.headers.putAll(headers);
        this.body = body.clone();
        this.answered = answered;
    }

    /**
     * When its body had been read.
     *
     * @return the moment
     */
    public Instant at() {
        return at;
    }

    /**
     * The HTTP method.
     *
     * @return {@code POST} …
     */
    public String method() {
        return method;
    }

    /**
     * Path and query.
     *
     * @return as in {@code /hook?a=b}
     */
    public String path() {
        return path;
    }

    /**
     * A header.
     *
     * @param name in any case
     * @return empty if there is none; several of one name are joined by a comma
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /**
     * The body, byte for byte.
     *
     * @return a copy
     */
    public byte[] bytes() {
        return body.clone();
    }

    /**
     * The body as text.
     *
     * @return decoded as UTF-8
     */
    public String body() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * What it was answered.
     *
     * @return an HTTP status; 0 if the connection was closed without an answer
     */
    public int answered() {
        return answered;
    }

    @Override
    public String toString() {
        return method + ' ' + path + " answered " + answered;
    }
}
