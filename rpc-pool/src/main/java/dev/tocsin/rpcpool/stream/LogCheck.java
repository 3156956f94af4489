package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.stream.ChainReader.ToldLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges what a node tells about the logs of a block, against the block's header and the question.
 *
 * <p>For all logs of a block the proof is strong: indices without a gap from 0, and a bloom computed from the answer that equals
 * the header's. For a part of them, an answer that is short by some logs cannot be told from a whole one here.
 */
final class LogCheck {
    private final LogQuery query;
    private final boolean useBlooms;
    private final long[] addresses;
    private final long[] topics;

    LogCheck(LogQuery query, boolean useBlooms) {
        this.query = query;
        this.useBlooms = useBlooms;
        this.addresses = query.addresses().stream().mapToLong(Bloom::item).toArray();
        this.topics = query.topic0s().stream().mapToLong(Bloom::item).toArray();
    }

    /** Whether the block must be asked about: its bloom may contain something wanted, or tells nothing. */
    boolean mayHaveLogs(Block block) {
        Bloom bloom = block.bloom();
        return tellsNothing(bloom) || (anyOf(addresses, bloom) && anyOf(topics, bloom));
    }

    /** Whether an empty answer about the block is against its bloom; it may still be right, for blooms have false positives. */
    boolean promisesLogs(Block block) {
        return !tellsNothing(block.bloom()) && mayHaveLogs(block);
    }

    /** What is wrong with the answer, or null if nothing is. */
    @Nullable String whatIsWrong(Block block, List<ToldLog> logs) {
        int before = -1;
        for (ToldLog told : logs) {
            Log log = told.log();
            if (!log.blockHash().equals(block.hash()) || log.blockNumber() != block.number()) {
                return "log " + log.logIndex() + " is of block " + log.blockNumber() + " " + log.blockHash();
            }
            if (told.removed()) {
                return "log " + log.logIndex() + " is marked as removed";
            }
            if (log.logIndex() <= before) {
                return "log index " + log.logIndex() + " after " + before;
            }
            if (query.isAll() && log.logIndex() != before + 1) {
                return "log index " + log.logIndex() + " after " + before + " where all logs were asked for";
            }
            if (!query.asksFor(log)) {
                return "log " + log.logIndex() + " was not asked for";
            }
            before = log.logIndex();
        }
        return tellsNothing(block.bloom()) ? null : againstBloom(block.bloom(), logs);
    }

    private @Nullable String againstBloom(Bloom bloom, List<ToldLog> logs) {
        Map<String, Long> items = new HashMap<>();
        for (ToldLog told : logs) {
            Log log = told.log();
            if (!bloom.mayContain(items.computeIfAbsent(log.address(), Bloom::item))) {
                return "log " + log.logIndex() + " has an address that is not in the block's bloom";
            }
            for (String topic : log.topics()) {
                if (!bloom.mayContain(items.computeIfAbsent(topic, Bloom::item))) {
                    return "log " + log.logIndex() + " has a topic that is not in the block's bloom";
                }
            }
        }
        return query.isAll() && !Bloom.of(items.values()).sameAs(bloom)
                ? "the " + logs.size() + " logs do not make up the block's bloom; some are missing"
                : null;
    }

    private boolean tellsNothing(Bloom bloom) {
        return !useBlooms || bloom.isZero();
    }

    private static boolean anyOf(long[] items, Bloom bloom) {
        if (items.length == 0) {
            return true;
        }
        for (long item : items) {
            if (bloom.mayContain(item)) {
                return true;
            }
        }
        return false;
    }
}
