package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.error.ErrorClassifier;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.method.MethodHints;
import dev.tocsin.rpcpool.internal.settings.NodeUrl;
import dev.tocsin.rpcpool.internal.settings.Range;
import dev.tocsin.rpcpool.internal.transport.Headers;
import dev.tocsin.rpcpool.internal.transport.HttpTransport;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Settings of an {@link RpcPool}. Mutable, for one thread. */
public final class RpcPoolBuilder {

    final List<NodeSettings> primary = new ArrayList<>();
    final List<NodeSettings> fallback = new ArrayList<>();
    final List<NodeSettings> sendOnly = new ArrayList<>();
    final List<NodeSettings> webSocket = new ArrayList<>();
    final List<RpcPoolListener> listeners = new ArrayList<>();
    OptionalLong chain = OptionalLong.empty();
    Optional<String> genesis = Optional.empty();
    Optional<Duration> headPollEvery = Optional.empty();
    Duration callTimeout = Duration.ofSeconds(10);
    Duration verifyTimeout = Duration.ofSeconds(3);
    int attempts = 3;
    Duration retryDelay = Duration.ofMillis(200);
    Duration healthCheckEvery = Duration.ofSeconds(10);
    Duration healthCheckTimeout = Duration.ofSeconds(5);
    int unhealthyAfter = 3;
    int maxConnections = 64;
    SelectionStrategy selection = SelectionStrategy.fastest();
    Pinning pinning = Pinning.WHEN_NODES_DIFFER;
    double hedges = 0.1;
    int autoBatch = 1;
    long cacheBytes;
    Supplier<Timer> timer = Timer::real;
    LongSupplier nanoTicker = System::nanoTime;
    RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    InstantSource clock = InstantSource.system();
    ErrorClassifier errors = ErrorClassifier.standard();
    MethodHints hints = MethodHints.standard();
    BiFunction<RpcPoolBuilder, Headers, Transport> transports = (settings, headers) ->
            new HttpTransport(settings.connectTimeout(), settings.errors, headers, settings.clock);

    RpcPoolBuilder() {}

    /**
     * Sets the chain. A node of another chain is never used.
     *
     * @param id the chain id (EIP-155), from 1; default: that which most of the nodes serve that answer as the pool opens
     * @return this
     */
    public RpcPoolBuilder chain(long id) {
        if (id < 1) {
            throw new IllegalArgumentException("chain must be at least 1, was " + id);
        }
        chain = OptionalLong.of(id);
        return this;
    }

    /**
     * Sets the chain's first block, since test chains share ids. A node with another one is never used; one that does not show its first
     * block, as some do that keep no old blocks, is believed by its chain id alone.
     *
     * @param hash of block 0, 0x and 64 hexadecimal digits; default: that of most of the nodes that answer and show it
     * @return this
     */
    public RpcPoolBuilder genesis(String hash) {
        if (!Hex.isHash(requireNonNull(hash, "hash"))) {
            throw new IllegalArgumentException("genesis must be 0x and 64 hexadecimal digits, was " + hash);
        }
        genesis = Optional.of(hash);
        return this;
    }

    /**
     * Adds nodes that are asked first; which of them, the {@linkplain #selection strategy} decides.
     *
     * @param urls http or https; may hold keys, which are never repeated in any message
     * @return this
     */
    public RpcPoolBuilder primary(String... urls) {
        return addAll(primary, "primary", NodeUrl::http, urls);
    }

    /**
     * As {@link #primary(String...)}, of a node with settings of its own.
     *
     * @param node its URL, and what is set for it
     * @return this
     */
    public RpcPoolBuilder primary(NodeSettings node) {
        primary.add(requireNonNull(node, "node").forTier("primary", Tier.PRIMARY));
        return this;
    }

    /**
     * Adds nodes that are asked when no primary can serve.
     *
     * @param urls http or https
     * @return this
     */
    public RpcPoolBuilder fallback(String... urls) {
        return addAll(fallback, "fallback", NodeUrl::http, urls);
    }

    /**
     * As {@link #fallback(String...)}, of a node with settings of its own.
     *
     * @param node its URL, and what is set for it
     * @return this
     */
    public RpcPoolBuilder fallback(NodeSettings node) {
        fallback.add(requireNonNull(node, "node").forTier("fallback", Tier.FALLBACK));
        return this;
    }

    /**
     * Adds nodes that are only sent transactions, by {@link RpcPool#send} and {@link RpcPool#broadcast}: a sequencer, a builder, whoever
     * takes {@code eth_sendRawTransaction} and need not answer anything else. They are never asked for calls, have no say on the head of
     * the chain, and do not count as healthy nodes. Of checks they get {@code eth_chainId} alone: one that names another chain is not
     * used, one that does not say is. That they have taken a transaction proves nothing until another node shows it.
     *
     * <p>Not for what must stay secret: the other nodes get each transaction too.
     *
     * @param urls http or https
     * @return this
     */
    public RpcPoolBuilder sendOnly(String... urls) {
        return addAll(sendOnly, "sendOnly", NodeUrl::http, urls);
    }

    /**
     * As {@link #sendOnly(String...)}, of a node with settings of its own.
     *
     * @param node its URL, and what is set for it; no archive
     * @return this
     */
    public RpcPoolBuilder sendOnly(NodeSettings node) {
        sendOnly.add(requireNonNull(node, "node").forTier("sendOnly", Tier.SEND_ONLY));
        return this;
    }

    /**
     * Adds sources of new heads for {@link RpcPool#onHead}, which are quicker than asking. One is used at a time.
     *
     * @param urls ws or wss
     * @return this
     */
    public RpcPoolBuilder webSocket(String... urls) {
        return addAll(webSocket, "webSocket", NodeUrl::webSocket, urls);
    }

    /**
     * As {@link #webSocket(String...)}, of a source that is sent headers.
     *
     * @param source its URL and its headers, nothing else
     * @return this
     */
    public RpcPoolBuilder webSocket(NodeSettings source) {
        webSocket.add(requireNonNull(source, "source").forWebSocket());
        return this;
    }

    /** Where there are several, what is wrong is said of one by its position, since the text may hold a key. */
    private RpcPoolBuilder addAll(
            List<NodeSettings> list, String name, BiFunction<String, String, URI> parser, String... urls) {
        for (int i = 0; i < requireNonNull(urls, "urls").length; i++) {
            list.add(NodeSettings.of(parser.apply(urls.length == 1 ? name : name + "[" + i + "]", urls[i])));
        }
        return this;
    }

    /**
     * Sets how long a call may take, all its attempts together.
     *
     * @param timeout default 10 s; 1 ms to 1 h. Too short, and a slow node leaves no time for the next.
     * @return this
     */
    public RpcPoolBuilder callTimeout(Duration timeout) {
        callTimeout = Range.check("callTimeout", timeout, Duration.ofMillis(1), Duration.ofHours(1));
        return this;
    }

    /**
     * Sets how long {@link RpcPool#send} and {@link RpcPool#broadcast} look for a transaction of which nodes have not said for certain
     * whether they have taken it; after the call timeout.
     *
     * @param timeout default 3 s; 1 ms to 10 min. Too short, and more sends end as {@link SendOutcome.Unknown}.
     * @return this
     */
    public RpcPoolBuilder verifyTimeout(Duration timeout) {
        verifyTimeout = Range.check("verifyTimeout", timeout, Duration.ofMillis(1), Duration.ofMinutes(10));
        return this;
    }

    /**
     * Sets how many attempts a call has, each at another node as long as there is one.
     *
     * @param most default 3; 1 to 100
     * @return this
     */
    public RpcPoolBuilder attempts(int most) {
        attempts = Range.check("attempts", most, 1, 100);
        return this;
    }

    /**
     * Sets the pause once every node has been asked; doubles each time, half of it by chance.
     *
     * @param delay default 200 ms; 0 to 1 min
     * @return this
     */
    public RpcPoolBuilder retryDelay(Duration delay) {
        retryDelay = Range.check("retryDelay", delay, Duration.ZERO, Duration.ofMinutes(1));
        return this;
    }

    /**
     * Sets how often each node is checked.
     *
     * @param period default 10 s; 10 ms to 1 h
     * @return this
     */
    public RpcPoolBuilder healthCheckEvery(Duration period) {
        healthCheckEvery = Range.check("healthCheckEvery", period, Duration.ofMillis(10), Duration.ofHours(1));
        return this;
    }

    /**
     * Sets how often each node is asked for its newest block between two checks, which is how one that falls behind is found. Only while
     * the pool was called in the last 10 s, and has more than one node; a single one only for a {@link #cache}, a {@linkplain
     * RpcPool#session() session} or {@link Pinning#ALWAYS}, and if it goes back. And while somebody waits by {@link RpcPool#onHead}, if there is no WebSocket.
     *
     * @param period default: the chain's block time as it is learned, at least 500 ms; 100 ms to 1 h, or zero to ask in checks only. Never
     *     longer than {@link #healthCheckEvery}. Too long, and calls go to nodes that lack the newest blocks.
     * @return this
     */
    public RpcPoolBuilder headPollEvery(Duration period) {
        headPollEvery = Optional.of(
                requireNonNull(period, "headPollEvery").isZero()
                        ? period
                        : Range.check("headPollEvery", period, Duration.ofMillis(100), Duration.ofHours(1)));
        return this;
    }

    /**
     * Sets how long one call of a check may take.
     *
     * @param timeout default 5 s; 1 ms to 10 min
     * @return this
     */
    public RpcPoolBuilder healthCheckTimeout(Duration timeout) {
        healthCheckTimeout = Range.check("healthCheckTimeout", timeout, Duration.ofMillis(1), Duration.ofMinutes(10));
        return this;
    }

    /**
     * Sets after how many failures in a row a node is unhealthy; calls count as checks do.
     *
     * @param failures default 3; 1 to 1000
     * @return this
     */
    public RpcPoolBuilder unhealthyAfter(int failures) {
        unhealthyAfter = Range.check("unhealthyAfter", failures, 1, 1000);
        return this;
    }

    /**
     * Sets how many requests may be under way at one node at once, health checks aside: so many sockets a node has at most. Fewer while its
     * answers take longer than they usually do. More calls go to other nodes, or wait in the order of coming, at most the call timeout.
     *
     * @param most default 64; 1 to 10 000. Too many, and a node that hangs or is overloaded has them all; too few, and calls wait though
     *     nodes could serve them
     * @return this
     */
    public RpcPoolBuilder maxConnections(int most) {
        maxConnections = Range.check("maxConnections", most, 1, 10_000);
        return this;
    }

    /**
     * Sets who of the healthy nodes of a tier is asked.
     *
     * @param strategy default: {@link SelectionStrategy#fastest()}
     * @return this
     */
    public RpcPoolBuilder selection(SelectionStrategy strategy) {
        selection = requireNonNull(strategy, "strategy");
        return this;
    }

    /**
     * Sets when {@code latest} is asked of nodes by number, so that answers of different nodes are of one chain that only grows.
     *
     * @param when default: {@link Pinning#WHEN_NODES_DIFFER}. With {@link Pinning#NEVER} a caller may see the chain go back; with {@link
     *     Pinning#ALWAYS} what only a few nodes have is not seen yet. A {@linkplain RpcPool#session() session} always pins, unless never
     * @return this
     */
    public RpcPoolBuilder pinning(Pinning when) {
        pinning = requireNonNull(when, "when");
        return this;
    }

    /**
     * Sets how many second requests there may be: when a node takes longer than 95 of 100 answers to the method lately took (at least 20
     * ms, at most 1 s), another is asked as well, and the first answer is taken. Never for what changes
     * something, but for a signed transaction, which takes effect once. The comparison also finds out nodes
     * that have become slow; copies of calls, which find out when nodes left out are back, count as well.
     *
     * @param share of the calls, in the long run; default 0.1; 0 to 1, where 0 asks nobody twice and compares nobody
     * @return this
     */
    public RpcPoolBuilder hedges(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("hedges must be 0 to 1, was " + share);
        }
        hedges = share;
        return this;
    }

    /**
     * Lets calls that are made at the same time go to a node in one request. Only while the node is busy with other requests of ours a call
     * waits for company, for a twelfth of the time that the node takes to answer, 5 ms at most. Answers are told apart by their ids; what a
     * batch does not answer is asked alone; how many calls a node takes at once is learned. Saves connections and time on the wire; providers
     * count each call of a batch all the same. Never for slow calls or for what changes something.
     *
     * @param most calls in one request, 2 to 1000; default 1: each call goes alone
     * @return this
     */
    public RpcPoolBuilder autoBatch(int most) {
        autoBatch = Range.check("autoBatch", most, 1, 1000);
        return this;
    }

    /**
     * Keeps answers in memory: for ever what is asked for by hash or is about finalized blocks; what names a newer block by its hash as long
     * as that block is part of the chain; until the next head other answers about newer blocks, {@code latest} included. Never null, pending or
     * an error, and never in batches. For indexers and for those who ask for the same again and again.
     *
     * <p>Each head is then asked for with its hash ({@code eth_getBlockByNumber}), also of a single node, as often as {@link #headPollEvery}
     * says: a read is never older than that, a reorganisation included.
     *
     * @param bytes of memory, about; default 0: nothing is kept
     * @return this
     */
    public RpcPoolBuilder cache(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cache must be at least 0 bytes, was " + bytes);
        }
        cacheBytes = bytes;
        return this;
    }

    /**
     * Sets what the errors of nodes mean.
     *
     * @param classifier default: {@link ErrorClassifier#standard()}; with rows of one's own for providers of one's own
     * @return this
     */
    public RpcPoolBuilder errors(ErrorClassifier classifier) {
        errors = requireNonNull(classifier, "classifier");
        return this;
    }

    /**
     * Adds what is known of the methods that clients and providers do not offer, so that their nodes are not asked for these as long as there
     * is another. Each line has tabs between {@code client:} and how {@code web3_clientVersion} begins, or {@code host:} and how the
     * URL's host ends; the version since which, and the one before which it holds, or nothing; {@code no}, or {@code yes} for what the
     * table of the pool says no to; names of methods, or beginnings with {@code *}; the source.
     *
     * @param rows such as {@code host:.example.org\t\t\tno\tdebug_* txpool_content\tits pages}, one at least; before those of the pool, and of what was
     *     added before
     * @return this
     * @throws IllegalArgumentException if a line is no such row, which names the column; or if there is none
     */
    public RpcPoolBuilder methodHints(String rows) {
        hints = hints.with(requireNonNull(rows, "rows"));
        return this;
    }

    /**
     * Adds a listener.
     *
     * @param listener hears what happens
     * @return this
     */
    public RpcPoolBuilder listener(RpcPoolListener listener) {
        listeners.add(requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Opens the pool: asks each node for its chain and its newest block.
     *
     * @return the pool; close it
     * @throws IllegalArgumentException if a URL was given twice as a primary, a fallback or a send-only node
     * @throws IllegalStateException if there is no primary and no fallback
     * @throws NoNodeException if no node can be used, or no chain was given and as many nodes serve one as another; with each node's cause
     * @throws InterruptedException if interrupted; nothing is left open
     */
    public RpcPool open() throws InterruptedException {
        if (primary.isEmpty() && fallback.isEmpty()) {
            throw new IllegalStateException("a pool needs at least one node that answers calls: call primary(url)");
        }
        RpcPool pool = new RpcPool(this);
        pool.tellOpen();
        return pool;
    }

    /** Shorter than an attempt, so that a node which cannot be reached is told from one that may have taken the call. */
    Duration connectTimeout() {
        Duration attempt = callTimeout.dividedBy(attempts + 1L);
        return attempt.compareTo(healthCheckTimeout) < 0 ? attempt : healthCheckTimeout;
    }

    /**
     * When {@code latest} is asked of nodes by the number of a block that most of them have, so that answers of different nodes are of one
     * chain that only grows. A single node counts as several once it was seen to go back.
     */
    public enum Pinning {
        /** Never: a caller gets what a node says, {@code eth_blockNumber} included, and may see the chain go back. */
        NEVER,
        /** When nodes are known to have different heads. A node that is a block ahead, unnoticed as yet, may answer for its own latest block. */
        WHEN_NODES_DIFFER,
        /** Always: no read ever goes back. A new block is seen once most nodes are known to have it. */
        ALWAYS
    }
}
