package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.internal.transport.Headers;
import dev.tocsin.rpcpool.internal.transport.LimitedBody;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Requests to the relay and to nobody else: redirects are not followed. Safe for use by many threads. */
final class RelayHttp implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(2);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final long LARGEST_ANSWER_BYTES = 16L * 1024 * 1024;

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tocsin-relay-", 0).factory());
    private final HttpClient client;
    private final Duration timeout;

    RelayHttp(Duration timeout) {
        this.timeout = timeout;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout.compareTo(CONNECT) < 0 ? timeout : CONNECT)
                .executor(threads)
                .build();
    }

    /** No answer came. The message repeats no URL; there is no cause, since that might. */
    static final class Lost extends Exception {
        private static final long serialVersionUID = 1;
        private final boolean maySent;

        Lost(boolean maySent, String message) {
            super(message, null, false, false);
            this.maySent = maySent;
        }

        /** Whether the other side may have the request all the same. */
        boolean maySent() {
            return maySent;
        }
    }

    HttpResponse<byte[]> post(URI url, byte[] body, String header, String value) throws Lost, InterruptedException {
        return exchange(request(url)
                .header("Content-Type", "application/json")
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    HttpResponse<byte[]> get(URI url) throws Lost, InterruptedException {
        return exchange(request(url).GET());
    }

    private HttpRequest.Builder request(URI url) {
        HttpRequest.Builder request = HttpRequest.newBuilder(Headers.withoutUserInfo(url))
                .timeout(timeout)
                .header("Accept", "application/json");
        Headers.NONE.forEach(url, request::setHeader);
        return request;
    }

    private HttpResponse<byte[]> exchange(HttpRequest.Builder request) throws Lost, InterruptedException {
        // the request's own timeout ends with the header: a body that stalls is bounded by ours
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request.build(), LimitedBody.upTo(LARGEST_ANSWER_BYTES, threads));
        try {
            return response.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw late();
        } catch (ExecutionException e) {
            throw lost(e.getCause());
        } finally {
            response.cancel(true); // frees the connection if we leave before the answer
        }
    }

    private Lost lost(@Nullable Throwable cause) {
        return switch (cause) {
            case ConnectException e -> new Lost(false, "cannot connect");
            case SSLHandshakeException e -> new Lost(false, "no TLS");
            case HttpConnectTimeoutException e -> new Lost(false, "cannot connect in time");
            case HttpTimeoutException e -> late();
            case IOException e -> new Lost(true, "connection broke");
            case null -> new Lost(true, "failed");
            default -> new Lost(true, "failed: " + cause.getClass().getSimpleName());
        };
    }

    private Lost late() {
        return new Lost(true, "no answer within " + timeout.toMillis() + " ms");
    }

    /** Requests under way end as lost. */
    @Override
    public void close() {
        client.shutdownNow();
        try {
            client.awaitTermination(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }
}
