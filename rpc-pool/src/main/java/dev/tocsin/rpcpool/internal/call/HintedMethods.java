package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.internal.method.MethodHints;
import dev.tocsin.rpcpool.internal.node.Node;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which methods nodes are taken not to offer because of their client or provider, until they have been asked: one call may try after as long
 * as if the node had refused it once (a {@link Ban}).
 */
final class HintedMethods {

    private static final int MOST_METHODS = 256; // of a node

    private final MethodHints hints;
    private final Map<Node, OfNode> byNode = new ConcurrentHashMap<>();

    /** What is known of a node that says it runs on a client. */
    private record OfNode(String client, MethodHints hints, Map<String, Ban> bans) {}

    HintedMethods(MethodHints hints) {
        this.hints = hints;
    }

    /** Null if nothing is said against the method. */
    @Nullable Ban ban(Node node, String method, long now) {
        OfNode known = of(node);
        if (!known.hints.excludes(method)) {
            return null;
        }
        if (known.bans.size() >= MOST_METHODS) {
            known.bans.clear();
        }
        return known.bans.computeIfAbsent(method, any -> new Ban(now));
    }

    /** A node may come to run on another client. */
    private OfNode of(Node node) {
        OfNode known = byNode.get(node);
        String client = node.client().orElse("");
        if (known != null && known.client.equals(client)) {
            return known;
        }
        String host = node.url().getHost();
        OfNode fresh = new OfNode(client, hints.of(host == null ? "" : host, client), new ConcurrentHashMap<>());
        if (!node.isGone()) {
            byNode.put(node, fresh);
        }
        return fresh;
    }

    /** It is gone. */
    void forget(Node node) {
        byNode.remove(node);
    }
}
