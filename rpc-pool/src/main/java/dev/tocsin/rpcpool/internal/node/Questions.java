package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPoolListener.Purpose;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.Headers;
import dev.tocsin.rpcpool.internal.transport.Json;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Secrets;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the pool itself asks a node, to know of it. Outside of what callers may have under way. */
public final class Questions {

    private static final RpcCall CHAIN_ID = RpcCall.of("eth_chainId");
    private static final RpcCall BLOCK_NUMBER = RpcCall.of("eth_blockNumber");
    private static final RpcCall NEWEST = RpcCall.of("eth_getBlockByNumber", "latest", false);
    private static final RpcCall GENESIS = RpcCall.of("eth_getBlockByNumber", "0x0", false);
    private static final RpcCall FINALIZED = RpcCall.of("eth_getBlockByNumber", "finalized", false);
    private static final RpcCall SYNCING = RpcCall.of("eth_syncing");
    private static final RpcCall CLIENT = RpcCall.of("web3_clientVersion");
    private static final RpcCall PEERS = RpcCall.of("net_peerCount");
    private static final int LONGEST_CLIENT = 100;
    private static final Pattern HASH = Pattern.compile("0x[0-9a-fA-F]{64}");

    private final Transport transport;
    private final Headers headers;
    private final Duration timeout;
    private final Listeners listeners;
    private final LongSupplier nanoTicker;
    private final boolean byHash;

    /** With whether the newest block is asked for by its hash as well, which costs more. */
    public Questions(
            Transport transport,
            Headers headers,
            Duration timeout,
            Listeners listeners,
            LongSupplier nanoTicker,
            boolean byHash) {
        this.transport = transport;
        this.headers = headers;
        this.timeout = timeout;
        this.listeners = listeners;
        this.nanoTicker = nanoTicker;
        this.byHash = byHash;
    }

    /** How long one question may take. */
    Duration timeout() {
        return timeout;
    }

    long chain(Node node, Duration most) throws NodeFailure, InterruptedException {
        return number(ask(node, CHAIN_ID, most));
    }

    /**
     * The chain of a node that is only sent transactions; empty if it does not say, as many that take nothing else: by a JSON-RPC error, or
     * by HTTP, where a method that is not let through looks as a key that is not known. It is not asked again until it is suspect.
     */
    OptionalLong chainIfTold(Node node, Duration most) throws NodeFailure, InterruptedException {
        try {
            return OptionalLong.of(chain(node, most));
        } catch (NodeFailure e) {
            if (e.blamesNode() && e.meaning().orElse(null) != ErrorClass.UNAUTHORIZED) {
                throw e;
            }
            e.coolDown()
                    .ifPresentOrElse(
                            time -> node.coolDown(time, nanoTicker.getAsLong()), () -> node.doesNotOffer(CHAIN_ID));
            return OptionalLong.empty();
        }
    }

    /** Whether it has not refused to say its chain. */
    boolean mayTellChain(Node node) {
        return node.offers(CHAIN_ID);
    }

    Head head(Node node) throws NodeFailure, InterruptedException {
        Head newest = byHash ? newest(node) : null;
        return newest == null ? new Head(number(ask(node, BLOCK_NUMBER, timeout)), null, null) : newest;
    }

    /** Null if it does not say. */
    private @Nullable Head newest(Node node) throws NodeFailure, InterruptedException {
        try {
            return Head.of(ask(node, NEWEST, timeout).tree());
        } catch (NodeFailure e) {
            if (isRefusal(e)) {
                return null;
            }
            throw e;
        }
    }

    /** The hash of its first block, asked for when it has been away: it may be another now. Empty if it does not have that any more, or does not say. */
    Optional<String> genesis(Node node, Duration most) throws NodeFailure, InterruptedException {
        node.forgetOffers();
        try {
            JsonNode hash = ask(node, GENESIS, most).tree().path("hash");
            return hash.isString() && HASH.matcher(hash.stringValue()).matches()
                    ? Optional.of(hash.stringValue().toLowerCase(Locale.ROOT))
                    : Optional.empty();
        } catch (NodeFailure e) {
            if (isRefusal(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whether it says that it has not caught up with the chain. One that does not say has. */
    boolean isSyncing(Node node) throws InterruptedException {
        return optional(node, SYNCING)
                .filter(said -> said.isObject() || (said.isBoolean() && said.booleanValue()))
                .isPresent();
    }

    OptionalLong finalized(Node node) throws InterruptedException {
        return quantity(optional(node, FINALIZED).map(block -> block.path("number")));
    }

    /** Has it say what it runs on, once until it has been away. Nobody waits for it, and it need not say. */
    void client(Node node) throws InterruptedException {
        Optional<JsonNode> said = optional(node, CLIENT);
        if (said.isPresent()) {
            node.doesNotOffer(CLIENT); // it has
            node.runs(said.get().isString() ? clean(node, said.get().stringValue()) : "");
        }
    }

    private String clean(Node node, String text) {
        String clean = Secrets.of(node.url(), headers).scrub(text).strip();
        return clean.substring(0, Math.min(clean.length(), LONGEST_CLIENT));
    }

    OptionalLong peers(Node node) throws InterruptedException {
        return quantity(optional(node, PEERS));
    }

    private static OptionalLong quantity(Optional<JsonNode> said) {
        return said.filter(Json::isLongQuantity).stream()
                .mapToLong(Json::longQuantity)
                .findFirst();
    }

    /** Nothing if it does not say. What it does not offer is not asked for again; a failure only makes it name its chain once more. */
    private Optional<JsonNode> optional(Node node, RpcCall call) throws InterruptedException {
        if (!node.offers(call)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ask(node, call, timeout).tree());
        } catch (NodeFailure e) {
            ErrorClass error = e.errorClass();
            if (error != null
                    && (error.action() == ErrorAction.BAN_METHOD || error == ErrorClass.BLOCK_TAG_UNSUPPORTED)) {
                node.doesNotOffer(call);
            }
            if (e.blamesNode()) {
                node.health().suspected();
            }
            e.coolDown().ifPresent(time -> node.coolDown(time, nanoTicker.getAsLong()));
            return Optional.empty();
        }
    }

    /** Whether it has answered that it cannot say: it lacks the block or the method. */
    private static boolean isRefusal(NodeFailure failure) {
        ErrorClass error = failure.errorClass();
        return error != null && error.action() != ErrorAction.COOL_DOWN && error.action() != ErrorAction.TAKE_OUT;
    }

    private static long number(RpcResult result) throws NodeFailure {
        try {
            return result.asLong();
        } catch (RpcException e) {
            throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, String.valueOf(e.getMessage()));
        }
    }

    private RpcResult ask(Node node, RpcCall call, Duration most) throws NodeFailure, InterruptedException {
        long began = nanoTicker.getAsLong();
        Object said = null;
        node.budget().spend(1, node.budget().cost(call.method()), began);
        try {
            CallOutcome outcome = transport.call(node.name(), node.url(), call, most);
            said = outcome;
            return switch (outcome) {
                case CallOutcome.Answered answer -> answer.result();
                case CallOutcome.Rejected rejected ->
                    throw new NodeFailure(
                            NodeFailure.Kind.UNABLE,
                            call.method() + " refused: " + rejected.message(),
                            Optional.of(rejected));
            };
        } catch (NodeFailure e) {
            said = said == null ? e : said;
            throw e;
        } catch (RpcException e) {
            throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, String.valueOf(e.getMessage()));
        } finally {
            listeners.attempted(node.name(), call.method(), Purpose.CHECK, nanoTicker.getAsLong() - began, said);
        }
    }
}
