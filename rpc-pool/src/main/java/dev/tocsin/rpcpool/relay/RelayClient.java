package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.error.ErrorClassifier;
import dev.tocsin.rpcpool.error.RpcError;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.hex.Keccak256;
import dev.tocsin.rpcpool.internal.transport.Json;
import dev.tocsin.rpcpool.internal.transport.Secrets;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Speaks to the relay: signed JSON-RPC, and its status API. What it says of an error repeats neither a key of a URL nor a transaction, even if
 * the relay does.
 */
final class RelayClient implements AutoCloseable {

    static final String HEADER = "X-Flashbots-Signature";

    /** The relay's words are told by their own rows of the table, whatever its host. */
    private static final String PROVIDER = "flashbots";

    private static final int SIGNATURE_BYTES = 65;
    private static final int LONGEST_MESSAGE = 300;
    /** Longer than a hash: a transaction, or a part of one. */
    private static final Pattern LONG_HEX = Pattern.compile("(0x)?[0-9a-fA-F]{65,}");

    private final URI url;
    private final @Nullable URI status;
    private final RelaySigner signer;
    private final Secrets secrets;
    private final Secrets statusSecrets;
    private final ErrorClassifier errors;
    private final RelayHttp http;
    private final AtomicLong ids = new AtomicLong(1);

    RelayClient(URI url, @Nullable URI status, RelaySigner signer, ErrorClassifier errors, Duration timeout) {
        this.url = url;
        this.status = status;
        this.signer = signer;
        this.errors = errors;
        secrets = Secrets.of(url);
        statusSecrets = Secrets.of(status == null ? url : status);
        http = new RelayHttp(timeout);
    }

    /** The address and its signature over the hexadecimal text of the body's Keccak-256. */
    static String header(RelaySigner signer, byte[] body) {
        String digest = Hex.of(Keccak256.hash(body));
        byte[] signature = signer.sign(digest.getBytes(StandardCharsets.US_ASCII));
        if (signature.length != SIGNATURE_BYTES) {
            throw new IllegalStateException("a signature must have 65 bytes, has " + signature.length);
        }
        return signer.address() + ":" + Hex.of(signature);
    }

    boolean hasStatus() {
        return status != null;
    }

    Reply call(String method, Object param) throws InterruptedException {
        byte[] body = Json.request(ids.getAndIncrement(), RpcCall.of(method, param));
        String signature = header(signer, body);
        try {
            return reply(method, http.post(url, body, HEADER, signature));
        } catch (RelayHttp.Lost e) {
            String message = String.valueOf(e.getMessage());
            return e.maySent() ? new Reply.Open(message) : new Reply.Rejected(ErrorClass.TRANSPORT_NOT_SENT, message);
        }
    }

    /** The relay's own host learns which hash is asked for; it knows it already. */
    StatusWord status(String hash) throws InterruptedException {
        if (status == null) {
            return StatusWord.none();
        }
        try {
            HttpResponse<byte[]> response = http.get(of(status, hash));
            JsonNode tree = response.statusCode() == 200 ? Json.parse(response.body()) : null;
            Optional<StatusWord.State> state =
                    StatusWord.State.of(tree == null ? "" : tree.path("status").asString(""));
            if (tree == null || state.isEmpty()) {
                return StatusWord.lost("the status API answered HTTP " + response.statusCode() + " without a status");
            }
            JsonNode max = tree.path("maxBlockNumber");
            return new StatusWord(
                    state.get(),
                    max.isIntegralNumber() ? OptionalLong.of(max.asLong()) : OptionalLong.empty(),
                    text(tree, "simError"),
                    text(tree, "revertReason"),
                    "the relay says " + state.get());
        } catch (RelayHttp.Lost e) {
            return StatusWord.lost("the status API: " + e.getMessage());
        }
    }

    /** Without keys and transactions, and not long. */
    String clean(String text) {
        String clean = statusSecrets.scrub(secrets.scrub(text));
        clean = LONG_HEX.matcher(clean).replaceAll("0x…");
        return clean.length() > LONGEST_MESSAGE ? clean.substring(0, LONGEST_MESSAGE) + "…" : clean;
    }

    @Override
    public void close() {
        http.close();
    }

    private Reply reply(String method, HttpResponse<byte[]> response) {
        JsonNode tree = Json.parse(response.body());
        JsonNode error = tree == null ? null : tree.get("error");
        if (tree == null || error == null || error.isNull()) {
            JsonNode result = tree == null ? null : tree.get("result");
            return result != null && !result.isNull() && response.statusCode() / 100 == 2
                    ? new Reply.Answered(result)
                    : strange(response.statusCode());
        }
        // relays answer errors as JSON-RPC does, or as a bare text
        String message =
                error.isString() ? error.stringValue() : error.path("message").asString("no message");
        JsonNode code = error.path("code");
        Optional<ErrorClass> turnedAway = turnedAway(response.statusCode());
        ErrorClass means = turnedAway.orElseGet(() -> errors.classify(new RpcError(
                        PROVIDER,
                        null,
                        method,
                        OptionalInt.of(response.statusCode()),
                        code.isIntegralNumber() ? OptionalInt.of(code.asInt()) : OptionalInt.empty(),
                        message,
                        null))
                .errorClass());
        return isOpen(means) ? new Reply.Open(clean(message)) : new Reply.Rejected(means, clean(message));
    }

    /** Whether the relay may have done what it gave an error for. */
    private static boolean isOpen(ErrorClass errorClass) {
        return switch (errorClass.action()) {
            case VERIFY, SUCCESS, FAIL_OVER, ASK_ONE_OTHER, SEND_SINGLY, RECREATE -> true;
            case SPLIT, COOL_DOWN, BACK_OFF, ASK_ANOTHER, BAN_METHOD, TAKE_OUT, RAISE_FEE, TRY_OTHERS, FAIL -> false;
        };
    }

    private static Reply strange(int status) {
        String said = "HTTP " + status;
        if (status / 100 != 4 || status == 408) {
            return new Reply.Open(status / 100 == 2 ? said + " with neither result nor error" : said);
        }
        return new Reply.Rejected(turnedAway(status).orElse(ErrorClass.CLIENT_ERROR), said);
    }

    /** Whatever the body says, nobody has read the request. */
    private static Optional<ErrorClass> turnedAway(int status) {
        return switch (status) {
            case 401, 402, 403, 407 -> Optional.of(ErrorClass.UNAUTHORIZED);
            case 404, 405, 410 -> Optional.of(ErrorClass.METHOD_UNSUPPORTED);
            case 413 -> Optional.of(ErrorClass.REQUEST_TOO_LARGE);
            case 429 -> Optional.of(ErrorClass.RATE_LIMITED);
            default -> Optional.empty();
        };
    }

    private Optional<String> text(JsonNode tree, String name) {
        String text = tree.path(name).asString("");
        return text.isBlank() ? Optional.empty() : Optional.of(clean(text));
    }

    /** The hash as one more segment of the path. */
    private static URI of(URI status, String hash) {
        String text = status.toString();
        int query = text.indexOf('?');
        String path = query < 0 ? text : text.substring(0, query);
        return URI.create(path + (path.endsWith("/") ? "" : "/") + hash + (query < 0 ? "" : text.substring(query)));
    }

    @Override
    public String toString() {
        return url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }
}
