package dev.tocsin.notification;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One URI to post to. Tells apart what never left, what was answered, and what was not. The URI is treated as a secret: it is in no
 * message and in no reason, and no exception text of the client is passed on.
 */
final class HttpEndpoint {
    private static final int BODY_LIMIT = 4096;

    private final URI uri;
    private final HttpOptions options;
    private final ReentrantLock lock = new ReentrantLock(); // guards opening and closing of the client
    private @Nullable HttpClient client; // guarded by lock
    private @Nullable ExecutorService executor; // guarded by lock
    private boolean closed; // guarded by lock

    HttpEndpoint(URI uri, HttpOptions options) {
        this.uri = checked(uri);
        this.options = options;
    }

    private static URI checked(URI uri) {
        String scheme = uri.getScheme();
        if (!"https".equalsIgnoreCase(scheme) && !"http".equalsIgnoreCase(scheme)) {
            throw new IllegalArgumentException("URI must begin with https:// or http://, its scheme was " + scheme);
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("URI must name a host");
        }
        if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("URI must have neither user information nor a fragment");
        }
        return uri;
    }

    URI uri() {
        return uri;
    }

    HttpOptions options() {
        return options;
    }

    /** The path as it will be sent. */
    String path() {
        String path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    HttpAnswer post(byte[] json, Map<String, String> headers) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .header("User-Agent", "Tocsin")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json));
        headers.forEach(request::header);
        return exchange(request.build());
    }

    /** Any answer but a server error says that the way is open. */
    GatewayHealth probe() throws InterruptedException {
        long start = System.nanoTime();
        HttpAnswer answer = exchange(HttpRequest.newBuilder(uri)
                .header("User-Agent", "Tocsin")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());
        return switch (answer) {
            case HttpAnswer.Replied r
            when r.status() < 500 -> new GatewayHealth.Up(Duration.ofNanos(System.nanoTime() - start));
            case HttpAnswer.Replied r -> new GatewayHealth.Down("HTTP " + r.status());
            case HttpAnswer.NotSent n -> new GatewayHealth.Down(n.reason());
            case HttpAnswer.NoReply n -> new GatewayHealth.Down(n.reason());
        };
    }

    private HttpAnswer exchange(HttpRequest request) throws InterruptedException {
        AtomicReference<@Nullable Head> head = new AtomicReference<>();
        CompletableFuture<HttpResponse<String>> pending = client().sendAsync(request, info -> {
            BoundedBody body = new BoundedBody(BODY_LIMIT);
            head.set(new Head(info, body));
            return body;
        });
        String failure;
        try {
            pending.get(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
            failure = "no answer";
        } catch (TimeoutException e) {
            pending.cancel(true);
            failure = "no answer within " + options.timeout();
        } catch (InterruptedException e) {
            pending.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            String neverSent = neverSent(e.getCause());
            if (neverSent != null) {
                return new HttpAnswer.NotSent(neverSent);
            }
            failure = "the connection was lost before the answer";
        }
        Head got = head.get();
        return got == null ? new HttpAnswer.NoReply(failure) : got.toAnswer();
    }

    private static @Nullable String neverSent(@Nullable Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof UnresolvedAddressException) {
                return "the host's name could not be resolved";
            }
            if (t instanceof SSLHandshakeException || t instanceof SSLPeerUnverifiedException) {
                return "TLS could not be agreed on";
            }
        }
        if (failure instanceof HttpConnectTimeoutException) {
            return "connecting took too long";
        }
        return failure instanceof ConnectException ? "could not connect" : null;
    }

    private HttpClient client() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("gateway " + options.name() + " is closed");
            }
            if (client == null) {
                executor = Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("tocsin-http-", 0).factory());
                client = HttpClient.newBuilder()
                        // one connection per request in flight; HTTP/2 would fail calls over the server's stream limit
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(options.connectTimeout())
                        .executor(executor)
                        .build();
            }
            return client;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        HttpClient opened;
        ExecutorService threads;
        lock.lock();
        try {
            closed = true;
            opened = client;
            threads = executor;
            client = null;
            executor = null;
        } finally {
            lock.unlock();
        }
        if (opened != null) {
            opened.shutdownNow();
        }
        if (threads != null) {
            threads.shutdown();
        }
    }

    private record Head(HttpResponse.ResponseInfo info, BoundedBody body) {
        HttpAnswer toAnswer() {
            return new HttpAnswer.Replied(info.statusCode(), info.headers(), body.soFar(), body.isWhole());
        }
    }
}
