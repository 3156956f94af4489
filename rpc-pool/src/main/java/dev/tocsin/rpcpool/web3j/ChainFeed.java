package dev.tocsin.rpcpool.web3j;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcCaller;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a node would tell a subscription or a filter, found out by asking: follows the chain by its parent hashes, so that it makes no
 * difference which node answers. Leaves no block out; a replaced block's logs come again as removed. For one thread at a time.
 */
final class ChainFeed {

    private static final int DEEPEST_REORGANISATION = 128;
    private static final int BLOCKS_PER_BATCH = 32;
    private static final int BATCHES_PER_POLL = 8;
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final RpcCaller caller;
    private final Selection selection;
    private Deque<Seen> seen = new ArrayDeque<>();

    ChainFeed(RpcCaller caller, Selection selection) {
        this.caller = caller;
        this.selection = selection;
    }

    /** A block that was told of, and its logs. */
    private record Seen(long number, String hash, List<JsonNode> logs) {}

    /** What is wanted of each block. */
    record Selection(Kind kind, Map<String, Object> logFilter) {

        enum Kind {
            HEADERS,
            HASHES,
            LOGS
        }

        static Selection ofSubscription(List<@Nullable Object> params) {
            Object topic = params.isEmpty() ? null : params.getFirst();
            if ("newHeads".equals(topic)) {
                return new Selection(Kind.HEADERS, Map.of());
            }
            if ("logs".equals(topic)) {
                return logs(params.size() > 1 ? params.get(1) : null);
            }
            throw new UnsupportedOperationException(
                    "over a pool one can subscribe to newHeads and logs; for others use a node of your own");
        }

        static Selection hashes() {
            return new Selection(Kind.HASHES, Map.of());
        }

        /** Which logs; the range of blocks, if there is one, is another matter. */
        static Selection logs(@Nullable Object filter) {
            Map<String, Object> wanted = new LinkedHashMap<>();
            if (filter instanceof Map<?, ?> given) {
                for (String key : List.of("address", "topics")) {
                    Object value = given.get(key);
                    if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
                        wanted.put(key, value);
                    }
                }
            }
            return new Selection(Kind.LOGS, wanted);
        }
    }

    boolean isStarted() {
        return !seen.isEmpty();
    }

    /** Begins after the present head. */
    void start() throws InterruptedException {
        JsonNode latest =
                tree(caller.call("eth_getBlockByNumber", "latest", false).json());
        if (!latest.isObject()) {
            throw new RpcException("the node knows no latest block", null);
        }
        Deque<Seen> begun = new ArrayDeque<>();
        begun.add(new Seen(number(latest), hash(latest), List.of()));
        seen = begun;
    }

    /** What has happened since; nothing is lost when it throws: the next poll tells it all. */
    List<JsonNode> poll() throws InterruptedException {
        Deque<Seen> chain = new ArrayDeque<>(seen);
        List<JsonNode> news = new ArrayList<>();
        for (int i = 0; i < BATCHES_PER_POLL && !chain.isEmpty() && step(chain, news); i++) {
            while (chain.size() > DEEPEST_REORGANISATION) {
                chain.removeFirst();
            }
        }
        if (chain.isEmpty()) {
            start(); // the reorganisation is deeper than what was kept
        } else {
            seen = chain;
        }
        return news;
    }

    /** One batch further; whether there may be more. */
    private boolean step(Deque<Seen> chain, List<JsonNode> news) throws InterruptedException {
        Seen tip = chain.getLast();
        List<JsonNode> answers = ask(List.of(RpcCall.of("eth_blockNumber"), block(tip.number())));
        long head = quantity(answers.getFirst());
        JsonNode again = answers.get(1);
        if (again.isObject() && !hash(again).equals(tip.hash())) {
            retract(chain, news);
            return true;
        }
        if (head <= tip.number()) {
            return false; // nothing new, or a node that lags behind
        }
        List<RpcCall> calls = new ArrayList<>();
        for (long n = tip.number() + 1; n <= head && calls.size() < BLOCKS_PER_BATCH; n++) {
            calls.add(block(n));
        }
        for (JsonNode next : ask(calls)) {
            if (!next.isObject()) {
                return false;
            }
            if (!next.path("parentHash").asString("").equals(chain.getLast().hash())) {
                retract(chain, news);
                return true;
            }
            append(chain, next, news);
        }
        return true;
    }

    private void append(Deque<Seen> chain, JsonNode block, List<JsonNode> news) throws InterruptedException {
        List<JsonNode> logs = new ArrayList<>();
        switch (selection.kind()) {
            case HEADERS -> news.add(block);
            case HASHES -> news.add(block.path("hash"));
            case LOGS -> {
                Map<String, Object> query = new LinkedHashMap<>(selection.logFilter());
                query.put("blockHash", hash(block));
                tree(caller.call("eth_getLogs", query).json()).forEach(logs::add);
                news.addAll(logs);
            }
        }
        chain.add(new Seen(number(block), hash(block), logs));
    }

    private static void retract(Deque<Seen> chain, List<JsonNode> news) {
        for (JsonNode log : chain.removeLast().logs().reversed()) {
            news.add(((ObjectNode) log.deepCopy()).put("removed", true));
        }
    }

    private List<JsonNode> ask(List<RpcCall> calls) throws InterruptedException {
        List<JsonNode> answers = new ArrayList<>();
        for (CallOutcome outcome : caller.batch(calls)) {
            switch (outcome) {
                case CallOutcome.Answered answered ->
                    answers.add(tree(answered.result().json()));
                case CallOutcome.Rejected rejected ->
                    throw new RpcException(
                            rejected.node() + " refused: " + rejected.message() + " (code " + rejected.code() + ")",
                            null);
            }
        }
        return answers;
    }

    private static RpcCall block(long number) {
        return RpcCall.of("eth_getBlockByNumber", Hex.quantity(number), false);
    }

    private static JsonNode tree(String json) {
        return MAPPER.readTree(json);
    }

    private static String hash(JsonNode block) {
        String hash = block.path("hash").asString("");
        if (hash.isEmpty()) {
            throw new RpcException("a node sent a block without a hash", null);
        }
        return hash;
    }

    private static long number(JsonNode block) {
        return quantity(block.path("number"));
    }

    private static long quantity(JsonNode value) {
        String text = value.asString("");
        try {
            return Long.parseLong(text.startsWith("0x") ? text.substring(2) : "", 16);
        } catch (NumberFormatException e) {
            throw new RpcException("a node sent a number that is none", e);
        }
    }
}
