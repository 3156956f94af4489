package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.NodeAsk;
import dev.tocsin.rpcpool.internal.call.Watch;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import dev.tocsin.rpcpool.internal.send.Verification;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Nodes of one chain that take transactions, in virtual time. What the network does to a call is decided by {@link Fate}; what an honest
 * node says follows from what it has and sees.
 */
final class SendingNodes implements NodeAsk {

    static final Duration TIMEOUT = Duration.ofSeconds(6);
    static final Duration BUDGET = Duration.ofSeconds(3);
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What becomes of a call on its way. */
    enum Fate {
        SERVED,
        REFUSED,
        LIMITED,
        INTERNAL,
        LOST_BEFORE,
        LOST_AFTER,
        STALL_BEFORE,
        STALL_AFTER
    }

    final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    final List<Node> nodes = new ArrayList<>();
    final Set<String> holders = new HashSet<>(); // nodes that have ours in their pool
    final Map<String, Duration> lags = new HashMap<>(); // by which what a node knows of blocks is late
    final Map<String, ErrorClass> policies = new HashMap<>(); // what a node says instead of taking ours
    final List<String> trail = new ArrayList<>();
    final RecordingListener listener = new RecordingListener();
    final ReentrantLock lock = new ReentrantLock(); // guards all of it; nodes are asked by many threads
    String hash = "";
    String mined = ""; // the hash that has the nonce
    Instant minedAt = Instant.MAX;
    boolean minesAtOnce;
    boolean knowsSenders = true;
    Function<String, Fate> fates = node -> Fate.SERVED;
    Predicate<String> isLate = node -> false; // then a second node is asked as well

    SendingNodes(int count) {
        for (int i = 0; i < count; i++) {
            Node node = new Node("n" + i, URI.create("http://n" + i), Tier.PRIMARY, 3);
            node.healthy(false, Duration.ZERO, clock.instant(), clock.nanos());
            nodes.add(node);
        }
    }

    Sending sending() {
        Verification verification = new Verification(this, BUDGET, clock.nanoTicker(), this::pause);
        return new Sending(
                new Nodes(nodes),
                () -> nodes,
                this,
                verification,
                TIMEOUT,
                clock.nanoTicker(),
                new Listeners(List.of(listener)));
    }

    SendOutcome send(String hex) throws InterruptedException {
        SignedTransaction transaction = SignedTransaction.parse(hex);
        hash = transaction.hash();
        try (Sending sending = sending()) {
            return sending.send(transaction, Watch.NONE);
        }
    }

    BroadcastReport broadcast(String hex) throws InterruptedException {
        SignedTransaction transaction = SignedTransaction.parse(hex);
        hash = transaction.hash();
        try (Sending sending = sending()) {
            return new BroadcastReport(sending.broadcast(transaction, Watch.NONE)).awaitAll();
        }
    }

    void mine(String transaction) {
        mined = transaction;
        minedAt = clock.instant();
    }

    long asked(String method) {
        return trail.stream().filter(step -> step.contains(method)).count();
    }

    private void pause(Duration time) {
        clock.advance(time);
    }

    @Override
    public CallOutcome ask(Node node, RpcCall call, Duration timeout) throws NodeFailure {
        lock.lock();
        try {
            Fate fate = fates.apply(node.name());
            trail.add(node.name() + " " + call.method() + " " + fate);
            boolean stalls = fate == Fate.STALL_BEFORE || fate == Fate.STALL_AFTER;
            clock.advance(stalls ? timeout : Duration.ofMillis(5));
            return switch (fate) {
                case REFUSED -> throw new NodeFailure(NodeFailure.Kind.NOT_SENT, "cannot connect");
                case LIMITED -> throw new NodeFailure(NodeFailure.Kind.LIMITED, "HTTP 429, too many requests");
                case INTERNAL -> {
                    if (node.name().hashCode() % 2 == 0) { // who knows whether it was taken before
                        answer(node, call);
                    }
                    throw NodeFailure.unable(refusal(node, ErrorClass.NODE_ERROR));
                }
                case LOST_BEFORE, STALL_BEFORE -> throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no answer");
                case LOST_AFTER, STALL_AFTER -> {
                    answer(node, call);
                    throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no answer");
                }
                case SERVED -> answer(node, call);
            };
        } finally {
            lock.unlock();
        }
    }

    /** The first is not waited for any longer once the second has taken it, whatever became of the request. */
    @Override
    public List<Said> askTwo(Node first, Set<Node> tried, RpcCall call, Duration timeout, Predicate<CallOutcome> isWeak)
            throws InterruptedException {
        Optional<Node> second = nodes.stream()
                .filter(node -> !tried.contains(node) && isLate.test(first.name()))
                .findFirst();
        List<Said> said = NodeAsk.super.askTwo(first, tried, call, timeout, isWeak);
        if (second.isEmpty() || isStrong(said.getFirst(), isWeak)) {
            return said;
        }
        Said other =
                NodeAsk.super.askTwo(second.get(), tried, call, timeout, isWeak).getFirst();
        return isStrong(other, isWeak) ? List.of(other) : List.of(said.getFirst(), other);
    }

    private static boolean isStrong(Said said, Predicate<CallOutcome> isWeak) {
        return said.outcome() != null && !isWeak.test(said.outcome());
    }

    private CallOutcome answer(Node node, RpcCall call) throws NodeFailure {
        Duration lag = lags.getOrDefault(node.name(), Duration.ZERO);
        boolean seesBlock = !mined.isEmpty() && !clock.instant().isBefore(minedAt.plus(lag));
        return switch (call.method()) {
            case Sending.METHOD -> taken(node);
            case "eth_getTransactionByHash" -> found(node, seesBlock && mined.equals(hash), "hash", hash);
            case "eth_getTransactionReceipt" -> found(node, seesBlock && mined.equals(hash), "transactionHash", hash);
            case "eth_getTransactionBySenderAndNonce" -> {
                if (!knowsSenders) {
                    throw NodeFailure.unable(refusal(node, ErrorClass.METHOD_UNSUPPORTED));
                }
                yield seesBlock ? found(node, true, "hash", mined) : result(node, "null");
            }
            default -> throw new AssertionError(call.method());
        };
    }

    /** What a node does that gets the transaction: it sees the newest block, only its answers on blocks are late. */
    private CallOutcome taken(Node node) throws NodeFailure {
        if (!mined.isEmpty()) {
            return refusal(node, ErrorClass.NONCE_TOO_LOW);
        }
        if (holders.contains(node.name())) {
            return refusal(node, ErrorClass.ALREADY_KNOWN);
        }
        ErrorClass policy = policies.get(node.name());
        if (policy != null) {
            CallOutcome.Rejected refusal = refusal(node, policy);
            if (!NodeFailure.callIsAtFault(policy)) {
                throw NodeFailure.unable(refusal);
            }
            return refusal;
        }
        holders.add(node.name());
        if (minesAtOnce) {
            mine(hash);
        }
        return result(node, "\"" + hash + "\"");
    }

    private CallOutcome found(Node node, boolean inBlock, String field, String found) {
        if (inBlock) {
            return result(node, "{\"" + field + "\":\"" + found + "\",\"blockNumber\":\"0x7\"}");
        }
        boolean pending = field.equals("hash") && holders.contains(node.name());
        return result(node, pending ? "{\"hash\":\"" + found + "\",\"blockNumber\":null}" : "null");
    }

    private static CallOutcome.Rejected refusal(Node node, ErrorClass error) {
        return new CallOutcome.Rejected(-32000, "said " + error, null, node.name(), error);
    }

    private static CallOutcome result(Node node, String json) {
        JsonNode tree = JSON.readTree(json);
        return new CallOutcome.Answered(RpcResult.of(tree, node.name(), Duration.ZERO));
    }
}
