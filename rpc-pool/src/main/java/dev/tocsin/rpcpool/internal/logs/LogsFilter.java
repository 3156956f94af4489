package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.method.BlockRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The parameter of {@code eth_getLogs}, which can be cut: by blocks if both ends are numbers (the earliest is 0), and at a position that has several
 * alternatives. Position 0 is the address, those from 1 on are the topics. The parts share no log.
 *
 * @param request as it is sent
 * @param from the first block, -1 if it or the last is no number
 * @param to the last block, -1 likewise
 */
record LogsFilter(Map<String, @Nullable Object> request, long from, long to) {

    static final String METHOD = "eth_getLogs";
    static final int ADDRESS = 0;

    private static final long MOST_BLOCKS = 1L << 60; // so that there is room to add

    /** A filter cut in two, the earlier blocks first. */
    record Cut(LogsFilter first, LogsFilter rest) {}

    /** The filter of a call, or null if this is none that we understand. */
    static @Nullable LogsFilter of(RpcCall call) {
        if (call.params().size() != 1) {
            return null;
        }
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        switch (call.params().getFirst()) {
            case Map<?, ?> map -> map.forEach((key, value) -> request.put(String.valueOf(key), plain(value)));
            case ObjectNode tree ->
                tree.properties().forEach(field -> request.put(field.getKey(), plain(field.getValue())));
            case null, default -> {
                return null;
            }
        }
        long from = number(request.get("fromBlock"));
        long to = number(request.get("toBlock"));
        boolean isRange = from >= 0 && to >= from && request.get("blockHash") == null;
        return new LogsFilter(request, isRange ? from : -1, isRange ? to : -1);
    }

    void requireOrder() {
        long first = number(request.get("fromBlock"));
        long last = number(request.get("toBlock"));
        if (last >= 0 && first > last) {
            throw new IllegalArgumentException("fromBlock must be at most toBlock, which is " + Hex.quantity(last)
                    + ", was " + Hex.quantity(first));
        }
    }

    /** Whether it would be a range if one knew which block is the latest, safe or finalized one. */
    boolean hasTags() {
        BlockRef first = end("fromBlock");
        BlockRef last = end("toBlock");
        boolean areKnown = first != BlockRef.None.NONE && last != BlockRef.None.NONE;
        boolean isTagged = first instanceof BlockRef.Tag || last instanceof BlockRef.Tag;
        return areKnown && isTagged && !first.equals(last) && request.get("blockHash") == null;
    }

    /** The same with numbers for its tags; null if one is not known (-1), or the first is beyond a last that is not the latest. */
    @Nullable LogsFilter numbered(ToLongFunction<BlockRef.Tag> numbers) {
        BlockRef end = end("toBlock");
        long begin = number(end("fromBlock"), numbers);
        long last = number(end, numbers);
        if (end == BlockRef.Tag.LATEST) {
            last = Math.max(begin, last);
        }
        return begin < 0 || last < begin ? null : withBlocks(begin, last);
    }

    /** Those at its ends. */
    Set<BlockRef.Tag> tags() {
        Set<BlockRef.Tag> tags = EnumSet.noneOf(BlockRef.Tag.class);
        for (String field : List.of("fromBlock", "toBlock")) {
            if (end(field) instanceof BlockRef.Tag tag) {
                tags.add(tag);
            }
        }
        return tags;
    }

    private static long number(BlockRef end, ToLongFunction<BlockRef.Tag> numbers) {
        return switch (end) {
            case BlockRef.ByNumber by -> by.number();
            case BlockRef.Tag tag -> numbers.applyAsLong(tag);
            case BlockRef.ByHash hash -> -1;
            case BlockRef.None none -> -1;
        };
    }

    /** A number, or one of the tags whose numbers can be had; without a word it is the latest. */
    private BlockRef end(String field) {
        Object block = request.get(field);
        long number = number(block);
        if (number >= 0) {
            return new BlockRef.ByNumber(number);
        }
        BlockRef named = block == null ? BlockRef.Tag.LATEST : BlockRef.of(block);
        return named == BlockRef.Tag.LATEST || named == BlockRef.Tag.SAFE || named == BlockRef.Tag.FINALIZED
                ? named
                : BlockRef.None.NONE;
    }

    RpcCall call() {
        return RpcCall.of(METHOD, request);
    }

    boolean isRange() {
        return from >= 0;
    }

    /** How many blocks; 1 if it is not known. */
    long blocks() {
        return to - from + 1;
    }

    /** Knows the filter again, whatever the blocks; two filters may share it. */
    int shape() {
        Map<String, @Nullable Object> shape = new LinkedHashMap<>(request);
        shape.remove("fromBlock");
        shape.remove("toBlock");
        return shape.hashCode();
    }

    /** Whether it differs from another in its blocks only. */
    boolean isOnlyBlocksOf(LogsFilter other) {
        return Objects.equals(request.get("address"), other.request.get("address"))
                && Objects.equals(request.get("topics"), other.request.get("topics"));
    }

    /** Cut after so many blocks, fewer than it has. */
    Cut cutBlocks(long first) {
        long last = from + first - 1;
        return new Cut(withBlocks(from, last), withBlocks(last + 1, to));
    }

    /** Cut after so many alternatives, fewer than there are. */
    Cut cutAlternatives(int position, int first) {
        List<String> all = alternatives(position);
        return new Cut(
                withAlternatives(position, all.subList(0, first)),
                withAlternatives(position, all.subList(first, all.size())));
    }

    /** How many positions there are, the address among them. */
    int positions() {
        return 1 + (request.get("topics") instanceof List<?> topics ? topics.size() : 0);
    }

    /** What may stand at a position, each once; empty if there are not several, or if one of them is null, which is anything. */
    List<String> alternatives(int position) {
        Object given = position == ADDRESS ? request.get("address") : topics().get(position - 1);
        if (!(given instanceof List<?> list) || list.size() < 2) {
            return List.of();
        }
        Map<String, String> distinct = new LinkedHashMap<>();
        for (Object one : list) {
            if (!(one instanceof String text)) {
                return List.of();
            }
            distinct.putIfAbsent(text.toLowerCase(Locale.ROOT), text);
        }
        return List.copyOf(distinct.values());
    }

    /** Where it is best cut: at the addresses, or if there are not several at the longest of the topics; -1 if nowhere. */
    int widest() {
        return alternatives(ADDRESS).size() > 1 ? ADDRESS : longest();
    }

    /** The position with the most alternatives, -1 if none has several. */
    int longest() {
        int longest = -1;
        int most = 1;
        for (int position = 0; position < positions(); position++) {
            int size = alternatives(position).size();
            if (size > most) {
                most = size;
                longest = position;
            }
        }
        return longest;
    }

    private LogsFilter withBlocks(long first, long last) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(request);
        changed.put("fromBlock", Hex.quantity(first));
        changed.put("toBlock", Hex.quantity(last));
        return new LogsFilter(changed, first, last);
    }

    private LogsFilter withAlternatives(int position, List<String> some) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(request);
        if (position == ADDRESS) {
            changed.put("address", some);
        } else {
            List<@Nullable Object> topics = new ArrayList<>(topics());
            topics.set(position - 1, some);
            changed.put("topics", Collections.unmodifiableList(topics));
        }
        return new LogsFilter(changed, from, to);
    }

    private List<?> topics() {
        return request.get("topics") instanceof List<?> topics ? topics : List.of();
    }

    /** Texts, lists and nothing, as they are without Jackson. */
    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case StringNode text -> text.stringValue();
            case NullNode nothing -> null;
            case ArrayNode array -> {
                List<@Nullable Object> list = new ArrayList<>();
                array.forEach(item -> list.add(plain(item)));
                yield list;
            }
            case null, default -> value;
        };
    }

    /** The number of a block, -1 if it is a tag whose block changes, or nothing. */
    private static long number(@Nullable Object block) {
        if ("earliest".equals(block)) {
            return 0;
        }
        long number = block instanceof String text ? Hex.number(text) : -1;
        return number < MOST_BLOCKS ? number : -1;
    }
}
