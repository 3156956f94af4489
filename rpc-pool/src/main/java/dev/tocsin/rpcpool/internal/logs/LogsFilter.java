package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parameter of {@code eth_getLogs}, which can be cut: by blocks if both ends are numbers, and at a position that has several
 * alternatives. Position 0 is the address, those from 1 on are the topics. The parts share no log.
 *
 * @param request as it is sent
 * @param from the first block, -1 if it or the last is no number
 * @param to the last block, -1 likewise
 */
record LogsFilter(Map<String, @Nullable Object> request, long from, long to) {

    static final String METHOD = "eth_getLogs";
    static final int ADDRESS = 0;

    private static final int MOST_DIGITS = 15; // of a block's number: fits a long, with room to add

    /** A filter cut in two, the earlier blocks first. */
    record Cut(LogsFilter first, LogsFilter rest) {}

    /** The filter of a call, or null if this is none that we understand. */
    static @Nullable LogsFilter of(RpcCall call) {
        if (call.params().size() != 1 || !(call.params().getFirst() instanceof Map<?, ?> given)) {
            return null;
        }
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        given.forEach((key, value) -> request.put(String.valueOf(key), value));
        long from = number(request.get("fromBlock"));
        long to = number(request.get("toBlock"));
        boolean isRange = from >= 0 && to >= from && request.get("blockHash") == null;
        return new LogsFilter(request, isRange ? from : -1, isRange ? to : -1);
    }

    /** The filter with numbers, if it goes from a known block up to the latest; null if it does not. */
    @Nullable LogsFilter upTo(long head) {
        Object end = request.get("toBlock");
        boolean isOpen = !isRange() && request.get("blockHash") == null && (end == null || end.equals("latest"));
        long begin = "earliest".equals(request.get("fromBlock")) ? 0 : number(request.get("fromBlock"));
        if (!isOpen || begin < 0) {
            return null;
        }
        long last = Math.max(begin, head);
        Map<String, @Nullable Object> numbered = new LinkedHashMap<>(request);
        numbered.put("fromBlock", Hex.quantity(begin));
        numbered.put("toBlock", Hex.quantity(last));
        return new LogsFilter(numbered, begin, last);
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

    /** The number of a block, -1 if it is a tag or nothing. */
    private static long number(@Nullable Object block) {
        if (!(block instanceof String text) || !text.startsWith("0x")) {
            return -1;
        }
        int digits = text.length() - 2;
        if (digits < 1 || digits > MOST_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int i = 2; i < text.length(); i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            number = number << 4 | digit;
        }
        return number;
    }
}
