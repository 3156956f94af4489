package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.node.ChainIdentity;
import dev.tocsin.rpcpool.internal.node.HeadFeed;
import dev.tocsin.rpcpool.internal.node.HeadPolls;
import dev.tocsin.rpcpool.internal.node.HealthChecks;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.NodesView;
import dev.tocsin.rpcpool.internal.node.Questions;
import dev.tocsin.rpcpool.internal.transport.Headers;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;

/** What looks after the nodes, whether calls are made or not: are they well, which chain do they serve, how far are they. */
final class Lookouts implements AutoCloseable {

    private final NodesView view;
    private final HealthChecks checks;
    private final HeadPolls polls;
    private final HeadFeed feed;

    Lookouts(RpcPoolBuilder settings, Nodes nodes, Headers headers, Transport wire, Timer timer, Listeners listeners) {
        wire.knowing(nodes::client);
        view = new NodesView(nodes, settings.nanoTicker, listeners);
        checks = new HealthChecks(
                nodes,
                new ChainIdentity(settings.chain, settings.genesis),
                view,
                new Questions(
                        wire,
                        headers,
                        settings.healthCheckTimeout,
                        listeners,
                        settings.nanoTicker,
                        settings.cacheBytes > 0),
                timer,
                settings.healthCheckEvery,
                settings.clock,
                settings.nanoTicker,
                listeners);
        feed = new HeadFeed(
                wire::client,
                settings.webSocket.stream().map(NodeSettings::url).toList(),
                headers,
                listeners,
                settings.nanoTicker,
                settings.random);
        polls = new HeadPolls(
                nodes,
                view,
                checks,
                feed,
                timer,
                settings.headPollEvery,
                settings.healthCheckEvery,
                settings.cacheBytes > 0,
                settings.nanoTicker);
        if (!feed.hasSources()) {
            view.onNewHead(feed::heard);
        } else if (settings.cacheBytes > 0) {
            feed.subscribe(polls::headTold);
        }
    }

    /** The chain's id, once a node has told it. */
    long open() throws InterruptedException {
        long chainId = checks.open();
        polls.open();
        return chainId;
    }

    NodesView view() {
        return view;
    }

    HealthChecks checks() {
        return checks;
    }

    HeadPolls polls() {
        return polls;
    }

    /** A caller asked for something. */
    void used(long now) {
        polls.used(now);
    }

    /** Has a new node checked at once. */
    void hurry(Node node) {
        checks.hurry(node);
    }

    /** What is given back ends it. */
    Runnable onHead(Runnable wake) {
        return feed.subscribe(wake);
    }

    @Override
    public void close() {
        feed.close();
        polls.close();
        checks.close();
    }
}
