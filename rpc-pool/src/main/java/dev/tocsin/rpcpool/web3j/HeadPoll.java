package dev.tocsin.rpcpool.web3j;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** New heads of one subscription, found by asking. For one thread; the pool's wake-ups come from another. */
final class HeadPoll implements AutoCloseable {

    private static final int MOST_OF_A_GAP = 64;

    private final RpcPool pool;
    private final Duration every;
    private final ObjectMapper mapper;
    private final Semaphore wakes = new Semaphore(0);
    private final RpcPool.Subscription subscription;
    private final Deque<String> found = new ArrayDeque<>(); // at most MOST_OF_A_GAP + 1
    private long lastNumber = -1;
    private String lastHash = "";

    HeadPoll(RpcPool pool, Duration every, ObjectMapper mapper) {
        this.pool = pool;
        this.every = every;
        this.mapper = mapper;
        this.subscription = pool.onHead(wakes::release);
    }

    /** Waits for the next head; a notification as JSON. */
    String next() throws InterruptedException {
        while (found.isEmpty()) {
            if (lastNumber >= 0 && wakes.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS)) {
                wakes.drainPermits();
            }
            try {
                look();
            } catch (RpcException | JacksonException e) {
                wakes.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS); // no node now: later
            }
        }
        return found.removeFirst();
    }

    @Override
    public void close() {
        subscription.close();
    }

    private void look() throws InterruptedException {
        String json = pool.call("eth_getBlockByNumber", "latest", false).json();
        JsonNode block = mapper.readTree(json);
        long number = number(block);
        String hash = block.path("hash").asString("");
        if (number < lastNumber || number < 0 || hash.equals(lastHash)) {
            return; // the same, or a node that is behind
        }
        if (lastNumber >= 0) {
            found.addAll(between(Math.max(lastNumber + 1, number - MOST_OF_A_GAP), number));
            found.add(notification(json));
        }
        lastNumber = number;
        lastHash = hash;
    }

    private List<String> between(long from, long to) throws InterruptedException {
        List<RpcCall> calls = new ArrayList<>();
        for (long number = from; number < to; number++) {
            calls.add(RpcCall.of("eth_getBlockByNumber", "0x" + Long.toHexString(number), false));
        }
        List<String> notifications = new ArrayList<>();
        for (CallOutcome outcome : pool.batch(calls)) {
            if (outcome instanceof CallOutcome.Answered answered
                    && !answered.result().isNull()) {
                notifications.add(notification(answered.result().json()));
            }
        }
        return notifications;
    }

    private static String notification(String block) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":\"0x0\",\"result\":"
                + block + "}}";
    }

    private static long number(JsonNode block) {
        String text = block.path("number").asString("");
        return text.matches("0x[0-9a-fA-F]{1,15}") ? Long.parseLong(text.substring(2), 16) : -1;
    }
}
