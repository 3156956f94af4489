package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.node.Bulkhead;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.RateBudget;
import java.net.URI;
import java.util.Map;

/** What the settings say of nodes, those that come later as well. */
record NodeSettings(int unhealthyAfter, int maxConnections, Map<URI, RateLimit> limits) {

    /** A node; where no limit is given, what its provider counts is known by its host. */
    Node node(String name, URI url, Tier tier) {
        RateLimit given = limits.get(url);
        RateLimit limit = given == null
                ? new RateLimit(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, MethodCosts.ofHost(url.getHost()))
                : given;
        return new Node(name, url, tier, unhealthyAfter, new RateBudget(limit), new Bulkhead(maxConnections));
    }
}
