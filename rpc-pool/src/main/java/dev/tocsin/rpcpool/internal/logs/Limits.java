package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.CallOutcome.Rejected;
import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.call.Asked;
import dev.tocsin.rpcpool.internal.call.Gate;
import dev.tocsin.rpcpool.internal.node.Node;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes have let us know about their limits, by the name of the node, and how many logs a filter finds. Safe for use by many threads.
 *
 * <p>Queries are cut for the widest of the nodes that answered or refused in the last minute, and as a {@link Gate} this keeps what is too much
 * for a narrower one away from it. When such a one refuses nevertheless, since no wider one can be asked, the rest of the query is cut for
 * the narrowest. A limit on addresses or topics counts for all, since such a query is cut into a few parts only.
 *
 * <p>Where a refusal names the number of logs, chunks are cut by the number of logs that the filter is expected to find; where it does not
 * (the answer has too many bytes, took too long), by the blocks that would do for this filter.
 */
public final class Limits implements Gate {

    private static final long LATELY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MOST_REMEMBERED = 256;
    private static final int LEAST_GUESSED_BLOCKS = 10; // no node allows less; an outage must not teach us otherwise
    private static final double SHARE_OF_RESULTS = 0.8;

    private final LongSupplier nanoTicker;
    private final ReentrantLock lock = new ReentrantLock(); // guards what the maps hold
    private final Map<String, OfNode> nodes = bounded(); // guarded by lock
    private final Map<Integer, OfFilter> filters = bounded(); // guarded by lock
    private volatile boolean isEmpty = true;
    private volatile long refusals; // written under lock

    public Limits(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** How much to ask for in one request. */
    record Sizes(long blocks, long addresses, long topics) {
        private static final Sizes ANY = new Sizes(Limit.NONE, Limit.NONE, Limit.NONE);

        long alternatives(int position) {
            return position == LogsFilter.ADDRESS ? addresses : topics;
        }
    }

    private static final class OfNode {
        private long seenNanos;
        private long firstRefusal = Long.MAX_VALUE; // by their number
        private Limit blocks = Limit.UNKNOWN;
        private Limit results = Limit.UNKNOWN;
        private Limit addresses = Limit.UNKNOWN;
        private Limit topics = Limit.UNKNOWN;
    }

    private static final class OfFilter {
        private Limit blocks = Limit.UNKNOWN;
        private double logsPerBlock = -1; // not known
    }

    /** For a filter of that shape, as of now, at the widest node or at the narrowest. */
    Sizes sizes(int shape, boolean narrowest) {
        if (isEmpty) {
            return Sizes.ANY;
        }
        long now = nanoTicker.getAsLong();
        lock.lock();
        try {
            OfFilter filter = filters.getOrDefault(shape, new OfFilter());
            long least = Limit.NONE;
            long most = 0;
            long addresses = Limit.NONE;
            long topics = Limit.NONE;
            for (OfNode node : nodes.values()) {
                if (now - node.seenNanos <= LATELY_NANOS) {
                    long allowed = allowed(node, filter, now);
                    least = Math.min(least, allowed);
                    most = Math.max(most, allowed);
                    addresses = Math.min(addresses, node.addresses.at(now));
                    topics = Math.min(topics, node.topics.at(now));
                }
            }
            long blocks = narrowest || most == 0 ? least : most;
            return new Sizes(Math.min(filter.blocks.at(now), blocks), addresses, topics);
        } finally {
            lock.unlock();
        }
    }

    /** How many refusals there were. */
    long refusals() {
        return refusals;
    }

    /** Whether a node is known not to give so many blocks for a filter of that shape, and had refused something by that refusal. */
    boolean isTooMuch(String node, int shape, long blocks, long refusal) {
        long now = nanoTicker.getAsLong();
        lock.lock();
        try {
            OfNode known = nodes.get(node);
            return known != null
                    && known.firstRefusal <= refusal
                    && blocks > allowed(known, filters.getOrDefault(shape, new OfFilter()), now);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Exclusion against(Node node, Asked asked, long now) {
        RpcCall call = asked.call();
        if (isEmpty || call == null || !call.method().equals(LogsFilter.METHOD)) {
            return null;
        }
        LogsFilter filter = LogsFilter.of(call);
        return filter != null && filter.isRange() && isTooMuch(node.name(), filter.shape(), filter.blocks(), refusals)
                ? Exclusion.LOGS_LIMITED
                : null;
    }

    /** It does not belong to the pool any more. */
    public void forget(Node node) {
        lock.lock();
        try {
            nodes.remove(node.name());
        } finally {
            lock.unlock();
        }
    }

    private static long allowed(OfNode node, OfFilter filter, long now) {
        return Math.min(node.blocks.at(now), forResults(node, filter, now));
    }

    private static long forResults(OfNode node, OfFilter filter, long now) {
        long results = node.results.at(now);
        if (results == Limit.NONE || filter.logsPerBlock <= 0) {
            return Limit.NONE;
        }
        return Math.max(1, (long) (SHARE_OF_RESULTS * results / filter.logsPerBlock));
    }

    /** A node has answered about so many blocks with so many logs. */
    void answered(String node, int shape, long blocks, int logs) {
        if (isEmpty) {
            return;
        }
        long now = nanoTicker.getAsLong();
        lock.lock();
        try {
            OfNode known = nodes.computeIfAbsent(node, any -> new OfNode());
            known.seenNanos = now;
            if (logs > known.results.at(now)) {
                known.results = new Limit(logs, now);
            }
            OfFilter filter = filters.computeIfAbsent(shape, any -> new OfFilter());
            double perBlock = (double) logs / blocks;
            filter.logsPerBlock = filter.logsPerBlock < 0 ? perBlock : (filter.logsPerBlock + perBlock) / 2;
        } finally {
            lock.unlock();
        }
    }

    /** A node has refused this part of a filter, which could be cut at that position (-1: at none). */
    Hint refused(Rejected refusal, int shape, LogsFilter part, int position) {
        long now = nanoTicker.getAsLong();
        int alternatives = position < 0 ? 0 : part.alternatives(position).size();
        Hint hint = Hint.of(refusal, part, alternatives);
        lock.lock();
        try {
            OfNode node = nodes.computeIfAbsent(refusal.node(), any -> new OfNode());
            node.seenNanos = now;
            long number = refusals + 1;
            refusals = number;
            node.firstRefusal = Math.min(node.firstRefusal, number);
            switch (refusal.errorClass()) {
                case RANGE_TOO_LARGE -> range(node, hint, part.blocks(), now);
                case ADDRESSES_TOO_LARGE -> alternatives(node, hint, position, alternatives, now);
                case RESULT_TOO_LARGE, EXEC_TIMEOUT ->
                    results(node, filters.computeIfAbsent(shape, any -> new OfFilter()), hint, part.blocks(), now);
                default -> {} // the request as a whole: says nothing about any of these
            }
        } finally {
            lock.unlock();
        }
        isEmpty = false;
        return hint;
    }

    private static void range(OfNode node, Hint hint, long blocks, long now) {
        if (hint.blocks() > 0) {
            node.blocks = new Limit(hint.blocks(), now);
        } else if (blocks > 1) {
            node.blocks = node.blocks.lowered(Math.max(LEAST_GUESSED_BLOCKS, roundBelow(blocks)), now);
        }
    }

    private static void results(OfNode node, OfFilter filter, Hint hint, long blocks, long now) {
        if (hint.results() > 0) {
            node.results = new Limit(hint.results(), now);
            double atLeast = hint.blocks() > 0 ? 1.0 / hint.blocks() : 2.0 / blocks;
            filter.logsPerBlock = Math.max(filter.logsPerBlock, atLeast * hint.results());
        } else if (blocks > 1) {
            filter.blocks = filter.blocks.lowered(hint.blocks() > 0 ? hint.blocks() : blocks / 2, now);
        }
    }

    private static void alternatives(OfNode node, Hint hint, int position, int count, long now) {
        if (position < 0) {
            return;
        }
        long most = hint.alternatives() > 0 ? hint.alternatives() : Math.max(1, count / 2);
        if (position == LogsFilter.ADDRESS) {
            node.addresses = new Limit(most, now);
        } else {
            node.topics = new Limit(most, now);
        }
    }

    /** The largest of 1, 2, 5, 10, 20, … below a number above 1: limits are round, so one of these is likely to be the limit itself. */
    static long roundBelow(long number) {
        long power = 1;
        while (power <= (number - 1) / 10) {
            power *= 10;
        }
        return power * 5 < number ? power * 5 : power * 2 < number ? power * 2 : power;
    }

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MOST_REMEMBERED;
            }
        };
    }
}
