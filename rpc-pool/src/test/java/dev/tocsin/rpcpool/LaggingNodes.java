package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/**
 * A chain that grows, and nodes that see it late, by fits and starts, or wrongly; in virtual time. One sender's transactions: those with an even
 * nonce deploy a contract, the next one calls it. Nobody asks twice at once, and one thread does everything, so a seed decides all.
 */
final class LaggingNodes implements Transport, Timer {

    static final Duration BLOCK = Duration.ofSeconds(2);
    static final String CLOCK = "0x" + "c".repeat(40); // a contract that answers with the block it is asked at
    static final long FINALITY = 10;

    private static final Duration TAKES = Duration.ofMillis(5);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    private final Random random;
    private final Map<String, LongUnaryOperator> sights = new LinkedHashMap<>(); // the head, by the time
    private final Map<String, Duration> gossip = new HashMap<>(); // until a node hears of what another has taken
    private final Map<Long, Sent> sent = new HashMap<>(); // by nonce
    private final Map<String, Long> nonces = new HashMap<>(); // by hash
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparingLong((Task task) -> task.due).thenComparing(task -> task.order));
    private long planned;
    Optional<ErrorClass> refusal = Optional.empty(); // of transactions
    private boolean isOpen;
    private boolean isBusy; // with a task, whose calls take no time
    private long now = BLOCK.toNanos() * 100;

    private record Task(long due, long order, Runnable action) {}

    private static final class Sent {
        final long at;
        final Set<String> takenBy = new HashSet<>();
        long block = Long.MAX_VALUE;
        boolean isStuck;

        Sent(long at) {
            this.at = at;
        }
    }

    LaggingNodes(long seed) {
        random = new Random(seed);
    }

    /** Sees each block so much later, and hears of transactions as late. */
    LaggingNodes late(String name, Duration delay) {
        return node(name, delay, time -> (time - delay.toNanos()) / BLOCK.toNanos());
    }

    /** Now and then sees some blocks less than a moment ago: several nodes behind one address. */
    LaggingNodes flapping(String name, int most) {
        return node(name, BLOCK, time -> time / BLOCK.toNanos() - random.nextInt(most + 1));
    }

    /** Says that it is further than there is anything. */
    LaggingNodes ahead(String name, int blocks) {
        return node(name, Duration.ZERO, time -> time / BLOCK.toNanos() + 1 + random.nextInt(blocks));
    }

    private LaggingNodes node(String name, Duration hears, LongUnaryOperator sight) {
        sights.put(name, sight);
        gossip.put(name, hears);
        return this;
    }

    RpcPool open(Pinning pinning) throws InterruptedException {
        RpcPoolBuilder settings = RpcPool.builder()
                .chain(1)
                .pinning(pinning)
                .retryDelay(Duration.ZERO)
                .verifyTimeout(Duration.ofMillis(50));
        sights.keySet().forEach(name -> settings.primary("http://" + name));
        settings.transports = (any, headers) -> this;
        settings.timer = () -> this;
        settings.clock = clock;
        settings.nanoTicker = () -> now;
        settings.random = random::nextLong;
        RpcPool pool = settings.open();
        isOpen = true;
        pass(BLOCK); // until the nodes' heads have been asked for once
        return pool;
    }

    /** The newest block there is. */
    long head() {
        return now / BLOCK.toNanos();
    }

    long now() {
        return now;
    }

    /** Lets time pass: blocks are made, and the pool's checks. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        while (now < end) {
            long block = (head() + 1) * BLOCK.toNanos();
            long task = tasks.isEmpty() ? end : tasks.peek().due;
            now = Math.max(now, Math.min(end, Math.min(block, task)));
            if (now == block) {
                mine();
            }
            while (!tasks.isEmpty() && tasks.peek().due <= now) {
                isBusy = true;
                tasks.remove().action.run();
                isBusy = false;
            }
        }
    }

    /** No node knows a transaction any more. */
    void evict(long nonce) {
        sent.remove(nonce);
        nonces.values().remove(nonce);
    }

    /** Nodes have a transaction, but cannot mine it yet nor count it. */
    void stick(long nonce) {
        sent.get(nonce).isStuck = true;
    }

    private void mine() {
        for (long nonce = 0; sent.containsKey(nonce); nonce++) {
            Sent one = sent.get(nonce);
            if (!one.isStuck
                    && one.block == Long.MAX_VALUE
                    && now - one.at > Duration.ofMillis(300).toNanos()) {
                one.block = head();
            }
        }
    }

    @Override
    public CallOutcome call(String name, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure {
        if (!isOpen) { // the first look, at all nodes side by side: draws no lots
            return answer(name, call, head() - 1);
        }
        if (!isBusy) {
            pass(TAKES);
        }
        return answer(name, call, sights.get(name).applyAsLong(now));
    }

    @Override
    public List<Optional<CallOutcome>> items(
            String name, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation) {
        pass(TAKES);
        long head = sights.get(name).applyAsLong(now);
        List<Optional<CallOutcome>> outcomes = new ArrayList<>();
        for (RpcCall call : calls) {
            try {
                outcomes.add(Optional.of(answer(name, call, head)));
            } catch (NodeFailure e) {
                outcomes.add(Optional.of(e.rejection().orElseThrow()));
            }
        }
        return outcomes;
    }

    private CallOutcome answer(String name, RpcCall call, long head) throws NodeFailure {
        List<Object> params = call.params();
        return switch (call.method()) {
            case "eth_chainId" -> result(name, "\"0x1\"");
            case "eth_syncing" -> result(name, "false");
            case "net_peerCount", "web3_clientVersion" ->
                throw NodeFailure.unable(refusal(name, ErrorClass.METHOD_UNSUPPORTED));
            case "eth_blockNumber" -> quantity(name, head);
            case "eth_getBlockByNumber" -> {
                long block = block(params.getFirst(), head);
                yield result(
                        name,
                        block > head
                                ? "null"
                                : "{\"number\":\"0x" + Long.toHexString(block) + "\",\"hash\":\"0x" + block + "\"}");
            }
            case "eth_call" -> {
                String to = (String) ((Map<?, ?>) params.getFirst()).get("to");
                long block = known(name, params.get(1), head);
                yield to.equals(CLOCK)
                        ? quantity(name, block)
                        : result(name, isMined(nonce(to) + 1, block) ? "\"0x1\"" : "\"0x0\"");
            }
            case "eth_getCode" -> {
                long block = known(name, params.get(1), head);
                yield result(name, isMined(nonce((String) params.getFirst()), block) ? "\"0x60\"" : "\"0x\"");
            }
            case "eth_getTransactionCount" ->
                quantity(name, count(name, params.get(1), known(name, params.get(1), head)));
            case "eth_getTransactionReceipt" -> {
                Long nonce = nonces.get(params.getFirst());
                boolean isMined = nonce != null && isMined(nonce, head);
                yield result(
                        name,
                        isMined ? "{\"blockNumber\":\"0x" + Long.toHexString(sent.get(nonce).block) + "\"}" : "null");
            }
            case "eth_getTransactionByHash" ->
                result(
                        name,
                        nonces.containsKey(params.getFirst()) ? "{\"hash\":\"" + params.getFirst() + "\"}" : "null");
            case "eth_sendRawTransaction" ->
                refusal.isPresent() ? refusal(name, refusal.get()) : taken(name, (String) params.getFirst(), head);
            default -> throw new AssertionError(call.method());
        };
    }

    private long known(String name, Object block, long head) throws NodeFailure {
        long number = block(block, head);
        if (number > head) {
            throw NodeFailure.unable(refusal(name, ErrorClass.MISSING_DATA));
        }
        return number;
    }

    private static long block(Object block, long head) {
        return switch ((String) block) {
            case "latest", "pending" -> head;
            case "finalized" -> head - FINALITY;
            default -> Long.decode((String) block);
        };
    }

    private boolean isMined(long nonce, long block) {
        return sent.containsKey(nonce) && sent.get(nonce).block <= block;
    }

    private long count(String name, Object tag, long block) {
        long count = 0;
        while (isMined(count, block) || (tag.equals("pending") && hears(name, count))) {
            count++;
        }
        return count;
    }

    private boolean hears(String name, long nonce) {
        Sent one = sent.get(nonce);
        return one != null
                && !one.isStuck
                && (one.takenBy.contains(name)
                        || now - one.at >= gossip.get(name).toNanos());
    }

    private CallOutcome taken(String name, String hex, long head) {
        SignedTransaction transaction = SignedTransaction.parse(hex);
        boolean known = nonces.containsKey(transaction.hash());
        long nonce = nonces.computeIfAbsent(
                transaction.hash(),
                hash -> transaction.origin().orElseThrow().nonce().longValueExact());
        if (isMined(nonce, head) || (!known && sent.containsKey(nonce))) {
            return refusal(name, ErrorClass.NONCE_TOO_LOW);
        }
        boolean isNew = sent.computeIfAbsent(nonce, n -> new Sent(now)).takenBy.add(name);
        return isNew ? result(name, "\"" + transaction.hash() + "\"") : refusal(name, ErrorClass.ALREADY_KNOWN);
    }

    /** Where the transaction with an even nonce puts its contract. */
    static String contract(long nonce) {
        return String.format("0x%040x", nonce);
    }

    private static long nonce(String contract) {
        return Long.decode(contract);
    }

    private static CallOutcome.Rejected refusal(String name, ErrorClass error) {
        return new CallOutcome.Rejected(-32000, "said " + error, null, name, error);
    }

    private static CallOutcome quantity(String name, long number) {
        return result(name, "\"0x" + Long.toHexString(number) + "\"");
    }

    private static CallOutcome result(String name, String json) {
        return new CallOutcome.Answered(RpcResult.of(JSON.readTree(json), name, Duration.ZERO));
    }

    @Override
    public Runnable after(Duration time, Runnable task) {
        Task one = new Task(now + time.toNanos(), planned++, task);
        tasks.add(one);
        return () -> tasks.remove(one);
    }

    @Override
    public void sleep(long nanos) {
        pass(Duration.ofNanos(nanos));
    }

    @Override
    public HttpClient client() {
        return HttpClient.newHttpClient();
    }

    @Override
    public void close() {
        tasks.clear();
    }
}
