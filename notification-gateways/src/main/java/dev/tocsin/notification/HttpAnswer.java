package dev.tocsin.notification;

import java.net.http.HttpHeaders;

/** What came of one HTTP request. */
sealed interface HttpAnswer {
    /**
     * Status and headers came; the body as far as it came within the deadline and the bound.
     *
     * @param wholeBody false if the body was cut, by us or by the connection
     */
    record Replied(int status, HttpHeaders headers, String body, boolean wholeBody) implements HttpAnswer {}

    /** It is known that the request did not reach the other side. */
    record NotSent(String reason) implements HttpAnswer {}

    /** The request, or a part of it, went out, and no status came back. */
    record NoReply(String reason) implements HttpAnswer {}
}
