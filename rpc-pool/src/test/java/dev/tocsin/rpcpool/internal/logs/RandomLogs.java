package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.RpcCall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** A chain of nothing but logs, and what filters find in it. */
final class RandomLogs {

    static final JsonMapper MAPPER = JsonMapper.shared();
    static final int ADDRESSES = 12;
    static final int TOPICS = 5;

    private final List<List<JsonNode>> logs = new ArrayList<>(); // by block
    private final int blocks;

    /** Blocks 0 to blocks - 1; some of them have far more logs than others. */
    RandomLogs(Random random, int blocks) {
        this.blocks = blocks;
        for (int block = 0; block < blocks; block++) {
            logs.add(new ArrayList<>());
            int count = random.nextInt(10) == 0 ? random.nextInt(20) : random.nextInt(3);
            for (int index = 0; index < count; index++) {
                List<String> topics = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    topics.add(topic(random.nextInt(TOPICS)));
                }
                logs.getLast().add(log(block, index, address(random.nextInt(ADDRESSES)), topics));
            }
        }
    }

    static JsonNode log(long block, int index, String address, List<String> topics) {
        Map<String, Object> log = new LinkedHashMap<>();
        log.put("address", address);
        log.put("topics", topics);
        log.put("blockNumber", hex(block));
        log.put("logIndex", hex(index));
        return MAPPER.valueToTree(log);
    }

    static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    static String address(int i) {
        return String.format("0x%040x", 0xa0 + i);
    }

    static String topic(int i) {
        return String.format("0x%064x", 0xb0 + i);
    }

    int head() {
        return blocks - 1;
    }

    /** What a node knows that has the chain up to a head. */
    ArrayNode find(LogsFilter filter, long head) {
        ArrayNode found = MAPPER.createArrayNode();
        for (long block = filter.from(); block <= Math.min(filter.to(), head); block++) {
            for (JsonNode log : logs.get((int) block)) {
                if (isWanted(log, filter.request())) {
                    found.add(log);
                }
            }
        }
        return found;
    }

    private static boolean isWanted(JsonNode log, Map<String, Object> request) {
        if (!matches(request.get("address"), log.get("address").stringValue())) {
            return false;
        }
        List<?> topics = request.get("topics") instanceof List<?> list ? list : List.of();
        for (int i = 0; i < topics.size(); i++) {
            JsonNode topic = log.get("topics").path(i);
            if (topic.isMissingNode() || !matches(topics.get(i), topic.stringValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(Object wanted, String value) {
        return wanted == null
                || (wanted instanceof String text && text.equalsIgnoreCase(value))
                || (wanted instanceof List<?> list
                        && (list.isEmpty() || list.stream().anyMatch(one -> matches(one, value))));
    }

    /** Any filter: one address, several, some of them twice, or none; topics likewise. */
    RpcCall randomFilter(Random random) {
        int from = random.nextInt(blocks);
        int to = from + random.nextInt(blocks - from);
        Map<String, Object> filter = new LinkedHashMap<>();
        filter.put("fromBlock", hex(from));
        filter.put("toBlock", hex(to));
        Object address = some(random, ADDRESSES, true);
        if (address != null) {
            filter.put("address", address);
        }
        if (random.nextBoolean()) {
            filter.put("topics", Arrays.asList(some(random, TOPICS, false), some(random, TOPICS, false)));
        }
        return RpcCall.of("eth_getLogs", filter);
    }

    private static Object some(Random random, int of, boolean isAddress) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> isAddress ? address(random.nextInt(of)) : topic(random.nextInt(of));
            default -> {
                List<Object> several = new ArrayList<>();
                for (int i = 1 + random.nextInt(of); i > 0; i--) {
                    String one = isAddress ? address(random.nextInt(of)) : topic(random.nextInt(of));
                    several.add(
                            random.nextBoolean() ? one : "0x" + one.substring(2).toUpperCase(Locale.ROOT));
                }
                if (random.nextInt(8) == 0) {
                    several.add(null);
                }
                yield several;
            }
        };
    }

    static RpcCall all(long from, long to) {
        return RpcCall.of("eth_getLogs", Map.of("fromBlock", hex(from), "toBlock", hex(to)));
    }
}
