package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.settings.NodeUrl;
import dev.tocsin.rpcpool.internal.transport.Headers;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A node's URL, and what is set for this node alone: for {@link RpcPoolBuilder}, and for {@link RpcPool#addNode(Tier, NodeSettings)} while the
 * pool runs. Immutable. The URL and the headers may hold keys, so nobody is shown them.
 */
public final class NodeSettings {

    private final URI url;
    private final Map<String, String> headers;
    private final Optional<RateLimit> rateLimit;
    private final boolean isArchive;

    private NodeSettings(URI url, Map<String, String> headers, Optional<RateLimit> rateLimit, boolean isArchive) {
        this.url = url;
        this.headers = headers;
        this.rateLimit = rateLimit;
        this.isArchive = isArchive;
    }

    /**
     * A node for which nothing else is set.
     *
     * @param url http or https; ws or wss for {@link RpcPoolBuilder#webSocket(NodeSettings)}
     * @return its settings
     * @throws IllegalArgumentException if that is no such URL
     */
    public static NodeSettings of(String url) {
        return of(NodeUrl.either("url", url));
    }

    static NodeSettings of(URI url) {
        return new NodeSettings(url, Map.of(), Optional.empty(), false);
    }

    /**
     * With a header that the node is sent with every request, such as {@code Authorization} with {@code Bearer …}, or {@code x-api-key}. May be
     * called for several.
     *
     * @param name the header's; not one that the connection itself sets, such as {@code Host} or {@code Content-Type}
     * @param value visible ASCII characters, with spaces between them; never repeated in any message
     * @return changed settings
     * @throws IllegalArgumentException if that is no header that can be sent
     */
    public NodeSettings withHeader(String name, String value) {
        Headers.check(requireNonNull(name, "name"), requireNonNull(value, "value"));
        Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.put(name, value);
        return new NodeSettings(url, Collections.unmodifiableMap(more), rateLimit, isArchive);
    }

    /**
     * With what it may be asked in a second, by its provider's plan. Without it, a node is not limited until it says for the first time that it
     * is asked too much; then what it bears is learned.
     *
     * @param limit a second's requests or compute units; health checks count. Too high, and the node refuses calls and is left alone for a
     *     while each time; too low, and calls wait or go to other nodes
     * @return changed settings
     */
    public NodeSettings withRateLimit(RateLimit limit) {
        return new NodeSettings(url, headers, Optional.of(requireNonNull(limit, "limit")), isArchive);
    }

    /**
     * For a node that has every state since the first block. As long as there is one of these, states more than 128 blocks below the head are
     * asked of them, and of others only if these cannot serve. Without it the pool learns from refusals who has what.
     *
     * @return changed settings
     */
    public NodeSettings withArchive() {
        return new NodeSettings(url, headers, rateLimit, true);
    }

    URI url() {
        return url;
    }

    Map<String, String> headers() {
        return headers;
    }

    Optional<RateLimit> rateLimit() {
        return rateLimit;
    }

    boolean isArchive() {
        return isArchive;
    }

    /** Makes sure that they are for a node that is asked, or sent transactions. */
    NodeSettings forTier(String name, Tier tier) {
        NodeUrl.http(name, url.toString());
        if (isArchive && tier == Tier.SEND_ONLY) {
            throw new IllegalArgumentException(
                    "archive is for nodes that are asked, was for a send-only one at " + NodeUrl.place(url));
        }
        return this;
    }

    /** Makes sure that they are for a source of heads, which is sent headers and has nothing else. */
    NodeSettings forWebSocket() {
        NodeUrl.webSocket("webSocket", url.toString());
        if (isArchive || rateLimit.isPresent()) {
            throw new IllegalArgumentException(
                    "a webSocket may have headers alone, had an archive or a rate limit at " + NodeUrl.place(url));
        }
        return this;
    }

    /** For people: no key. */
    @Override
    public String toString() {
        return "NodeSettings[" + NodeUrl.place(url) + "]";
    }
}
