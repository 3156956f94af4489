package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.WireHistory.hex;

import dev.tocsin.testsupport.AnvilNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Reads of all kinds, each answer held against what the node itself says; what was wrong, late or not served is noted. */
final class WireTraffic {

    /** Asked for by {@link #agreeing} alone: at one node the answer may be a lie. */
    static final String AGREED = "eth_getCode";

    /** What a call may last longer than its deadline; without deadlines it would be as long as a stall, a minute. */
    private static final Duration SLACK = Duration.ofMillis(50);

    private static final String IDENTITY = "0x0000000000000000000000000000000000000004"; // answers with what it is sent

    final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    final Queue<String> late = new ConcurrentLinkedQueue<>();
    final Queue<String> unserved = new ConcurrentLinkedQueue<>();
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger cutOff = new AtomicInteger(); // while nobody could serve them
    final AtomicInteger agreed = new AtomicInteger();
    final AtomicInteger notAgreed = new AtomicInteger();
    private final AtomicLong numbers = new AtomicLong();
    private final RpcPool pool;
    private final RpcCaller sure;
    private final AnvilNode anvil;
    private final WireHistory history;
    private final WireWeather weather;
    private final String sink;
    private final Duration deadline;
    private final Delays delays;

    /** What a caller does. */
    @FunctionalInterface
    interface Doing<T> {
        T run() throws InterruptedException;
    }

    WireTraffic(
            RpcPool pool,
            AnvilNode anvil,
            WireHistory history,
            WireWeather weather,
            String sink,
            Duration deadline,
            Delays delays) {
        this.pool = pool;
        this.sure = pool.agreeing(Agreement.of(2, 3));
        this.anvil = anvil;
        this.history = history;
        this.weather = weather;
        this.sink = sink;
        this.deadline = deadline;
        this.delays = delays;
    }

    /** One call, or a few that belong together. */
    void some(Random random) throws InterruptedException {
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> read(random);
            case 4 -> latest(pool);
            case 5 -> logs(random);
            case 6 -> stream(random);
            case 7 -> batch(random);
            case 8 -> agreeing();
            default -> latest(pool.session());
        }
    }

    /** The answer; null if nobody served the call, which is noted unless nobody could. */
    <T> @Nullable T timed(String what, Duration most, Doing<T> doing) throws InterruptedException {
        calls.incrementAndGet();
        long began = System.nanoTime();
        try {
            return doing.run();
        } catch (RpcException e) {
            if (weather.isBlackout(began, System.nanoTime())) {
                cutOff.incrementAndGet();
            } else {
                unserved.add(what + ": " + e.getMessage());
            }
            return null;
        } finally {
            noteIfLate(what, began, most);
        }
    }

    private void noteIfLate(String what, long began, Duration most) {
        long now = System.nanoTime();
        long due = began + most.toNanos();
        long over = now - due;
        if (over > SLACK.toNanos() && over > SLACK.toNanos() + delays.between(due, now)) {
            late.add(what + " ended " + Duration.ofNanos(over) + " after its time, of which the machine took "
                    + Duration.ofNanos(delays.between(due, now)));
        }
    }

    private @Nullable RpcResult call(RpcCaller caller, String method, Object... params) throws InterruptedException {
        return timed(method, deadline, () -> caller.call(method, params));
    }

    private void expect(JsonNode truth, JsonNode was, String what) {
        if (!truth.equals(was)) {
            wrong.add(what + " was " + was + ", expected " + truth);
        }
    }

    /** A call whose answer never changes. */
    private RpcCall lasting(Random random) {
        long block = history.first + random.nextLong(history.last - history.first + 1);
        return switch (random.nextInt(4)) {
            case 0 -> RpcCall.of("eth_getBalance", history.contract, hex(block));
            case 1 -> RpcCall.of("eth_getBlockByNumber", hex(block), random.nextBoolean());
            case 2 -> RpcCall.of("eth_getTransactionReceipt", history.hash(random.nextInt(WireHistory.BLOCKS)));
            default -> {
                String data = "0x" + String.format("%064x", numbers.incrementAndGet());
                yield RpcCall.of("eth_call", Map.of("to", IDENTITY, "data", data), "latest");
            }
        };
    }

    private JsonNode truth(RpcCall call) throws InterruptedException {
        return call.params().getFirst() instanceof Map<?, ?> transaction
                ? JsonMapper.shared().valueToTree(transaction.get("data"))
                : history.truth(call.method(), call.params().toArray());
    }

    private void read(Random random) throws InterruptedException {
        RpcCall call = lasting(random);
        RpcResult result = call(pool, call.method(), call.params().toArray());
        if (result != null) {
            expect(truth(call), result.tree(), call.toString());
        }
    }

    /** What has been shown is not taken back, and nothing is shown that is not there. */
    private void latest(RpcCaller caller) throws InterruptedException {
        RpcResult head = call(caller, "eth_blockNumber");
        RpcResult balance = call(caller, "eth_getBalance", sink, "latest");
        RpcResult later = call(caller, "eth_blockNumber");
        if (head != null && later != null && later.asLong() < head.asLong()) {
            wrong.add("the head " + later.asLong() + " after " + head.asLong());
        }
        if (later != null && later.asLong() > anvil.blockNumber()) {
            wrong.add("the head " + later.asLong() + " which does not exist");
        }
        if (head != null && balance != null) {
            BigInteger most = quantity(anvil.rpc("eth_getBalance", sink, "latest"));
            BigInteger was = balance.asQuantity();
            if (was.compareTo(most) > 0 || history.isBefore(head.asLong(), sink, was)) {
                wrong.add("the balance " + was + " at block " + head.asLong() + " or later, at most " + most);
            }
        }
    }

    static BigInteger quantity(JsonNode hex) {
        return new BigInteger(hex.asString().substring(2), 16);
    }

    private Map<String, String> filter(long from, boolean toLatest, long to) {
        return Map.of("address", history.contract, "fromBlock", hex(from), "toBlock", toLatest ? "latest" : hex(to));
    }

    private void logs(Random random) throws InterruptedException {
        long from = history.first + random.nextLong(history.last - history.first);
        long to = from + random.nextLong(history.last - from + 1);
        boolean toLatest = random.nextInt(4) == 0;
        RpcResult result = call(pool, "eth_getLogs", filter(from, toLatest, to));
        if (result != null) {
            JsonNode truth = history.truth("eth_getLogs", filter(from, false, toLatest ? history.last : to));
            expect(truth, result.tree(), "logs from " + from);
        }
    }

    private void stream(Random random) throws InterruptedException {
        long from = history.first + random.nextLong(history.last - history.first);
        ArrayNode all = JsonMapper.shared().createArrayNode();
        Boolean isWhole = timed("logs", deadline, () -> {
            pool.logs(filter(from, false, history.last), chunk -> all.addAll(chunk.values()), deadline);
            return true;
        });
        if (isWhole != null) {
            expect(history.truth("eth_getLogs", filter(from, false, history.last)), all, "streamed logs");
        }
    }

    private void batch(Random random) throws InterruptedException {
        List<RpcCall> batch = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            batch.add(lasting(random));
        }
        List<CallOutcome> outcomes = timed("batch", deadline, () -> pool.batch(batch));
        for (int i = 0; outcomes != null && i < batch.size(); i++) {
            if (outcomes.get(i) instanceof CallOutcome.Answered answered) {
                expect(truth(batch.get(i)), answered.result().tree(), "in a batch " + batch.get(i));
            } else {
                unserved.add("in a batch " + outcomes.get(i));
            }
        }
    }

    /** Two of three, of which one may lie and another be bad: no answer is then right, a wrong one never. */
    private void agreeing() throws InterruptedException {
        long began = System.nanoTime();
        RpcResult code;
        try {
            calls.incrementAndGet();
            code = sure.call(AGREED, history.contract, "latest");
        } catch (NoNodeException e) {
            notAgreed.incrementAndGet();
            return;
        } finally {
            noteIfLate("agreeing", began, deadline);
        }
        agreed.incrementAndGet();
        expect(history.truth(AGREED, history.contract, hex(history.last)), code.tree(), "the code agreed on");
    }
}
