package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.node.Bulkhead;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.NodeName;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.RateBudget;
import dev.tocsin.rpcpool.internal.settings.NodeUrl;
import dev.tocsin.rpcpool.internal.transport.Headers;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The nodes of a pool: those it begins with, and those that come and go while it runs. */
final class Roster {

    private final Nodes nodes;
    private final NodeName names = new NodeName();
    private final int unhealthyAfter;
    private final int maxConnections;
    private final Map<URI, Map<String, String>> headers = new ConcurrentHashMap<>();

    Roster(RpcPoolBuilder settings) {
        unhealthyAfter = settings.unhealthyAfter;
        maxConnections = settings.maxConnections;
        settings.webSocket.forEach(this::keepHeaders);
        List<Node> first = new ArrayList<>();
        settings.primary.forEach(node -> first.add(another(first, Tier.PRIMARY, node)));
        settings.fallback.forEach(node -> first.add(another(first, Tier.FALLBACK, node)));
        settings.sendOnly.forEach(node -> first.add(another(first, Tier.SEND_ONLY, node)));
        nodes = new Nodes(first);
    }

    Nodes nodes() {
        return nodes;
    }

    /** What nodes and sources of heads are sent beside each request. */
    Headers headers() {
        return new Headers(url -> headers.getOrDefault(url, Map.of()));
    }

    /** Those of a node that is gone are kept as well: its last errors must not repeat them. */
    private void keepHeaders(NodeSettings node) {
        headers.put(node.url(), node.headers());
    }

    Node add(Tier tier, NodeSettings node) {
        return nodes.add(() -> another(nodes.withSendOnly(), tier, node));
    }

    /** The node that is gone; it is asked no more. */
    Node remove(String name) {
        Node node = named(name);
        if (!nodes.remove(node)) {
            throw new IllegalStateException(name + " is the last node; add another before");
        }
        node.cordon(true);
        return node;
    }

    /** Everybody knows that it is gone: the next of its host may have its name. */
    void free(Node gone) {
        names.free(gone.name());
    }

    Node named(String name) {
        Node node = nodes.named(name);
        if (node == null) {
            throw new IllegalArgumentException(shown(name) + " is no node's name"
                    + (isShown(name) ? "" : "; give the name, not the URL") + "; there are " + nodes);
        }
        return node;
    }

    private Node another(List<Node> others, Tier tier, NodeSettings node) {
        for (Node other : others) {
            if (NodeUrl.isSame(other.url(), node.url())) {
                throw new IllegalArgumentException("a node must be given once, the URL of " + other.name()
                        + " was given twice (" + word(other.tier()) + ", " + word(tier) + ")");
            }
        }
        return node(tier, node);
    }

    private static String word(Tier tier) {
        return switch (tier) {
            case PRIMARY -> "primary";
            case FALLBACK -> "fallback";
            case SEND_ONLY -> "sendOnly";
        };
    }

    /** Not if it looks like a URL, which may hold a key. */
    private static String shown(String given) {
        return isShown(given) ? given : "***";
    }

    private static boolean isShown(String given) {
        return given.matches("[^/@?]*");
    }

    /** Where no limit is given, what its provider counts is known by its host. */
    private Node node(Tier tier, NodeSettings node) {
        URI url = node.url();
        RateLimit limit = node.rateLimit()
                .orElseGet(() -> new RateLimit(
                        Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, MethodCosts.ofHost(url.getHost())));
        keepHeaders(node);
        return new Node(
                names.of(url),
                url,
                tier,
                node.isArchive(),
                unhealthyAfter,
                new RateBudget(limit),
                new Bulkhead(maxConnections));
    }
}
