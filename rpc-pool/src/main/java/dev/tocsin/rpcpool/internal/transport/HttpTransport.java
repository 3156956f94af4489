package dev.tocsin.rpcpool.internal.transport;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.Classification;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.error.ErrorClassifier;
import dev.tocsin.rpcpool.error.RpcError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** JSON-RPC over HTTP/1.1 POST. Safe for use by many threads. */
public final class HttpTransport implements Transport {

    private static final Duration END = Duration.ofSeconds(2);
    private static final long LARGEST_ANSWER_BYTES = 256L * 1024 * 1024;

    private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]*");
    /** Of the 4xx those that tell of the node, its address or its key: nobody has read the request. */
    private static final Set<Integer> NOBODY_HOME = Set.of(401, 402, 403, 404, 407, 410);

    private static final int REQUEST_TIMEOUT = 408;
    private static final int UNAVAILABLE = 503;

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tocsin-rpc-", 0).factory());
    private final HttpClient plain;
    private final HttpClient secure;
    private final ErrorClassifier errors;
    private final Headers headers;
    private final InstantSource clock;
    private final long mostBytes;
    private volatile Function<String, Optional<String>> clients = node -> Optional.empty();
    private final AtomicLong ids = new AtomicLong(1);

    public HttpTransport(Duration connectTimeout, ErrorClassifier errors, Headers headers, InstantSource clock) {
        this(connectTimeout, errors, headers, clock, LARGEST_ANSWER_BYTES);
    }

    /**
     * With a limit of one's own.
     *
     * @param mostBytes of an answer
     */
    public HttpTransport(
            Duration connectTimeout, ErrorClassifier errors, Headers headers, InstantSource clock, long mostBytes) {
        this.clock = clock;
        this.errors = errors;
        this.headers = headers;
        this.mostBytes = mostBytes;
        // an answer in plain text is only copied: the thread that reads the sockets does it sooner than it could hand
        // it over
        plain = client(connectTimeout, Runnable::run);
        secure = client(connectTimeout, threads);
    }

    private static HttpClient client(Duration connectTimeout, Executor executor) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout)
                .executor(executor)
                .build();
    }

    @Override
    public CallOutcome call(String node, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        long id = ids.getAndIncrement();
        long began = System.nanoTime();
        HttpResponse<byte[]> response = post(node, url, Json.request(id, call), timeout, cancellation);
        JsonNode reply = Json.parse(response.body());
        if (reply == null || !reply.isObject()) {
            throw strange(response, "no JSON-RPC object");
        }
        JsonNode error = reply.get("error");
        boolean failed = error != null && !error.isNull();
        boolean unnamed = reply.path("id").isNull() || reply.path("id").isMissingNode();
        if (reply.path("id").asLong(-1) != id && !(failed && unnamed)) { // what cannot be read has no id to repeat
            throw strange(response, "an answer to another request");
        }
        CallOutcome outcome = outcome(node, url, call, reply, response, Duration.ofNanos(System.nanoTime() - began));
        if (outcome instanceof CallOutcome.Rejected rejected && !NodeFailure.callIsAtFault(rejected.errorClass())) {
            throw NodeFailure.unable(rejected).coolingDown(coolDown(rejected, response));
        }
        return outcome;
    }

    @Override
    public void knowing(Function<String, Optional<String>> known) {
        clients = known;
    }

    /** Each answer is found by its id, whatever the order. */
    @Override
    public List<Optional<CallOutcome>> items(
            String node, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        long firstId = ids.getAndAdd(calls.size());
        long began = System.nanoTime();
        HttpResponse<byte[]> response = post(node, url, Json.batch(firstId, calls), timeout, cancellation);
        JsonNode reply = Json.parse(response.body());
        if (reply != null && reply.isObject() && reply.path("error").isObject()) {
            CallOutcome.Rejected whole = rejected(node, url, null, reply.path("error"), response);
            throw turnedAway(response, whole)
                    ? strange(response, "")
                    : NodeFailure.unable(whole).coolingDown(coolDown(whole, response));
        }
        if (reply == null || !reply.isArray()) {
            if (response.statusCode() / 100 == 2) {
                return Collections.nCopies(calls.size(), Optional.empty());
            }
            throw strange(response, "no JSON-RPC batch");
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        Map<Long, JsonNode> byId = new HashMap<>();
        Set<Long> doubled = new HashSet<>();
        for (JsonNode item : reply) {
            long id = item.path("id").asLong(-1);
            if (byId.put(id, item) != null) {
                doubled.add(id);
            }
        }
        List<Optional<CallOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            long id = firstId + i;
            JsonNode item = doubled.contains(id) ? null : byId.get(id);
            outcomes.add(
                    item == null
                            ? Optional.empty()
                            : Optional.of(outcome(node, url, calls.get(i), item, response, took)));
        }
        return outcomes;
    }

    @Override
    public void close() {
        plain.shutdownNow();
        secure.shutdownNow();
        try {
            plain.awaitTermination(END);
            secure.awaitTermination(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }

    /** Answered or rejected; what is neither is a failure of the node. */
    private CallOutcome outcome(
            String node, URI url, RpcCall call, JsonNode reply, HttpResponse<byte[]> response, Duration took)
            throws NodeFailure {
        JsonNode error = reply.get("error");
        if (error != null && !error.isNull()) {
            CallOutcome.Rejected refusal = rejected(node, url, call.method(), error, response);
            if (turnedAway(response, refusal)) {
                throw strange(response, "");
            }
            return refusal;
        }
        JsonNode result = reply.get("result");
        if (result == null || response.statusCode() / 100 != 2) {
            throw strange(response, "neither result nor error");
        }
        return new CallOutcome.Answered(RpcResult.of(result, node, took));
    }

    private CallOutcome.Rejected rejected(
            String node, URI url, @Nullable String method, JsonNode error, HttpResponse<byte[]> response) {
        Secrets secrets = Secrets.of(url, headers);
        JsonNode given = error.get("data");
        String more =
                given == null || given.isNull() ? null : given.isString() ? given.stringValue() : given.toString();
        String message =
                error.isString() ? error.stringValue() : error.path("message").asString("no message");
        boolean isHex = more != null && HEX.matcher(more).matches(); // what a contract reverted with: never touched
        String data = more == null || isHex ? more : secrets.scrub(more);
        int code = error.path("code").asInt(0);
        RpcError said = new RpcError(
                url.getHost(),
                clients.apply(node).orElse(null),
                method,
                OptionalInt.of(response.statusCode()),
                OptionalInt.of(code),
                message,
                more);
        Classification found = errors.classify(said);
        return new CallOutcome.Rejected(code, secrets.scrub(message), data, node, found.errorClass(), found.isKnown());
    }

    /** Whatever code the body has, this is no word about the call: a key that is not known, a quota. But a method may be forbidden (403). */
    private static boolean turnedAway(HttpResponse<byte[]> response, CallOutcome.Rejected rejected) {
        return switch (response.statusCode()) {
            case 401, 402, 407, 429 -> true;
            case 403 -> rejected.errorClass().action() != ErrorAction.BAN_METHOD;
            default -> false;
        };
    }

    private Optional<CoolDown> coolDown(CallOutcome.Rejected rejected, HttpResponse<byte[]> response) {
        return CoolDown.of(
                        rejected.errorClass(), response.headers(), rejected.message(), rejected.data(), clock.instant())
                .or(() -> unavailable(response));
    }

    /** For how long it says that it is unavailable. */
    private Optional<CoolDown> unavailable(HttpResponse<byte[]> response) {
        return response.statusCode() == UNAVAILABLE
                ? CoolDown.told(response.headers(), clock.instant())
                : Optional.empty();
    }

    private NodeFailure strange(HttpResponse<byte[]> response, String what) {
        int status = response.statusCode();
        return strange(response, status, what).meaning(meaning(status));
    }

    private static ErrorClass meaning(int status) {
        return switch (status) {
            case 401, 402, 403, 407 -> ErrorClass.UNAUTHORIZED;
            case 404, 410 -> ErrorClass.TRANSPORT_NOT_SENT;
            case REQUEST_TIMEOUT, 504 -> ErrorClass.NODE_TIMEOUT;
            case 413 -> ErrorClass.REQUEST_TOO_LARGE;
            case 429 -> ErrorClass.RATE_LIMITED;
            default ->
                switch (status / 100) {
                    case 4 -> ErrorClass.CLIENT_ERROR;
                    case 5 -> ErrorClass.NODE_ERROR;
                    default -> ErrorClass.PROTOCOL_ERROR;
                };
        };
    }

    private NodeFailure strange(HttpResponse<byte[]> response, int status, String what) {
        if (status == 429) {
            String body = new String(response.body(), StandardCharsets.UTF_8);
            return new NodeFailure(NodeFailure.Kind.LIMITED, "HTTP 429, too many requests")
                    .coolingDown(Optional.of(CoolDown.ofTooManyRequests(response.headers(), body, clock.instant())));
        }
        if (NOBODY_HOME.contains(status)) {
            return new NodeFailure(NodeFailure.Kind.NOT_SENT, "HTTP " + status);
        }
        if (status / 100 == 4 && status != REQUEST_TIMEOUT) { // about the request, such as its size
            return new NodeFailure(NodeFailure.Kind.LIMITED, "HTTP " + status);
        }
        String message = status / 100 == 2 ? "HTTP " + status + " with " + what : "HTTP " + status;
        return new NodeFailure(NodeFailure.Kind.MAYBE_SENT, message).coolingDown(unavailable(response));
    }

    private HttpResponse<byte[]> post(String node, URI url, byte[] body, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(Headers.withoutUserInfo(url))
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(url, request::setHeader);
        // the request's own timeout ends with the header: a body that stalls is bounded by ours
        CompletableFuture<HttpResponse<byte[]>> exchange = (url.getScheme().equalsIgnoreCase("https") ? secure : plain)
                .sendAsync(request.build(), LimitedBody.upTo(mostBytes, threads));
        // not the client's own, whose copies pass a cancel on
        CompletableFuture<HttpResponse<byte[]>> response = new CompletableFuture<>();
        cancellation.onLeave(() -> response.cancel(true));
        CompletableFuture<?> unused = exchange.whenComplete((answer, error) -> {
            if (error == null) {
                response.complete(answer);
            } else {
                response.completeExceptionally(error);
            }
            cancellation.ended();
        });
        cancellation.onCancel(() -> exchange.cancel(true));
        try {
            return response.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (CancellationException e) {
            throw NodeFailure.givenUp();
        } catch (TimeoutException e) {
            throw late(timeout);
        } catch (ExecutionException e) {
            throw cancellation.isCancelled() ? NodeFailure.givenUp() : failure(node, url, e.getCause(), timeout);
        } finally {
            if (!cancellation.isLeft()) {
                exchange.cancel(true); // frees the connection if we leave before the answer
            }
        }
    }

    private NodeFailure failure(String node, URI url, @Nullable Throwable cause, Duration timeout) {
        return switch (cause) {
            case ConnectException e -> new NodeFailure(NodeFailure.Kind.NOT_SENT, "cannot connect" + why(url, e));
            case SSLHandshakeException e -> new NodeFailure(NodeFailure.Kind.NOT_SENT, "no TLS" + why(url, e));
            case SSLException e
            when isPlain(e) -> // perhaps not from the beginning, so something may have been read
                new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no TLS: this node speaks http, not https");
            case HttpConnectTimeoutException e -> new NodeFailure(NodeFailure.Kind.NOT_SENT, "cannot connect in time");
            case HttpTimeoutException e -> late(timeout);
            case LimitedBody.TooLarge e -> tooLarge(node, e);
            case IOException e -> new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "connection broke" + why(url, e));
            case null -> new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "failed");
            default ->
                new NodeFailure(
                        NodeFailure.Kind.MAYBE_SENT,
                        "failed: " + cause.getClass().getSimpleName());
        };
    }

    /** Whether the JDK has met something else than TLS; it has no exception of its own for that. */
    private static boolean isPlain(SSLException failure) {
        return String.valueOf(failure.getMessage()).contains("nrecognized SSL message");
    }

    /** Our own limit, and no fault of the node: who asks for less gets an answer. The node may have done what it was asked. */
    private static NodeFailure tooLarge(String node, LimitedBody.TooLarge cause) {
        String message = String.valueOf(cause.getMessage());
        return new NodeFailure(
                NodeFailure.Kind.UNABLE,
                message,
                Optional.of(new CallOutcome.Rejected(0, message, null, node, ErrorClass.RESULT_TOO_LARGE)));
    }

    private static NodeFailure late(Duration timeout) {
        return new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no answer within " + timeout.toMillis() + " ms");
    }

    /** The reason, unless it could repeat the URL; it may quote what the node sent. */
    private String why(URI url, IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.nio.channels.UnresolvedAddressException) {
                return ": the host name is not known";
            }
            String message = cause.getMessage();
            if (message != null && !message.contains("/") && !message.isBlank()) {
                return ": " + Secrets.of(url, headers).scrub(message);
            }
        }
        return "";
    }

    @Override
    public HttpClient client() {
        return secure;
    }
}
