package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.method.Needs;
import dev.tocsin.rpcpool.internal.method.Reach;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks nodes have, for each kind of data, learned from what they say. Two things are known after a miss, and hold for every way of
 * pruning until a call is served that contradicts them: what is as old as a missing block is missing as well, and what is as far below the
 * head as a missing block was. The second follows nodes that keep a window which moves with the head, and is given up for those that do not.
 * After a miss that was not foreseen a {@link BoundSearch} looks for the oldest block that the node has.
 *
 * <p>The block's number decides what a miss means, not the error's words: nodes that are late say the same as nodes that have pruned. Blocks
 * near the head teach nothing, nor do hashes and empty answers.
 */
public final class DataBounds implements Gate, EachCall {

    private static final int UNSETTLED = 16; // blocks below the head that a node may lack because it is late
    private static final long LATE = Duration.ofSeconds(1).toNanos();

    private final Nodes nodes;
    private final BoundSearch search;
    private final LongSupplier nanoTicker;
    private final Map<Node, Holdings> byNode = new ConcurrentHashMap<>();

    /**
     * Nothing is known yet, but for what the operator has said of archives.
     *
     * @param search told of misses that were not foreseen
     */
    public DataBounds(Nodes nodes, BoundSearch search, LongSupplier nanoTicker) {
        this.nodes = nodes;
        this.search = search;
        this.nanoTicker = nanoTicker;
    }

    /** Blocks of which it is not known whether the node has them, between one that it lacks and one that it has. */
    record Gap(long missing, long served) {
        long middle() {
            return missing + (served - missing) / 2;
        }
    }

    /** What is known of a node. */
    private static final class Holdings {
        final Map<Needs, Bound> bounds = new ConcurrentHashMap<>();
        volatile @Nullable Lacking lacking;

        /** What keeps a call away; null if nothing does. */
        @Nullable Ban ban(Reach reach, long head) {
            Bound bound = reach.oldest() < 0 ? null : bounds.get(reach.needs());
            return bound != null && bound.covers(reach.oldest(), head) ? bound.ban : null;
        }
    }

    /** A block that the node did not have yet a moment ago. */
    private record Lacking(long block, long at) {}

    /** What a node lacks of a kind of data; the oldest block that it was seen to have since, or -1. */
    private record Bound(long newestMissing, long leastDepth, long oldestServed, Ban ban) {

        boolean covers(long block, long head) {
            return block <= newestMissing || head - block >= leastDepth;
        }

        static Bound missed(@Nullable Bound before, long block, long head, long now) {
            long depth = head < 0 ? Long.MAX_VALUE : head - block;
            return before == null
                    ? new Bound(block, depth, -1, new Ban(now))
                    : new Bound(
                            Math.max(before.newestMissing, block),
                            Math.min(before.leastDepth, depth),
                            block < before.oldestServed ? before.oldestServed : -1,
                            before.ban.refusedAgain(now));
        }

        /** Without what the block contradicts; null if that is all. */
        @Nullable Bound served(long block, long head) {
            if (block <= newestMissing) {
                return null;
            }
            boolean contradicts = head - block >= leastDepth;
            boolean isOldest = oldestServed < 0 || block < oldestServed;
            return contradicts || isOldest
                    ? new Bound(
                            newestMissing,
                            contradicts ? Long.MAX_VALUE : leastDepth,
                            isOldest ? block : oldestServed,
                            ban)
                    : this;
        }

        /** Null if there is none. The newest blocks are there, or will be. */
        @Nullable Gap gap(long head) {
            long served = oldestServed < 0 ? head - UNSETTLED + 1 : oldestServed;
            return served - newestMissing > 1 ? new Gap(newestMissing, served) : null;
        }
    }

    @Override
    public @Nullable Exclusion against(Node node, Asked asked, long now) {
        Holdings holdings = byNode.get(node);
        if (holdings == null && !nodes.hasArchives()) {
            return null;
        }
        List<Reach> reaches = asked.reaches();
        for (int i = 0; i < reaches.size(); i++) {
            Exclusion reason = against(node, holdings, reaches.get(i), now);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    private @Nullable Exclusion against(Node node, @Nullable Holdings holdings, Reach reach, long now) {
        if (reach.oldest() < 0 && reach.newest() < 0) {
            return null;
        }
        long head = node.headOr(-1);
        if (!node.isArchive() && nodes.hasArchives() && reach.isForArchives(head)) {
            return Exclusion.PRUNED;
        }
        if (holdings == null) {
            return null;
        }
        Ban ban = holdings.ban(reach, head);
        if (ban != null && ban.keepsAway(now)) {
            return Exclusion.PRUNED;
        }
        Lacking lacking = holdings.lacking;
        return lacking != null && reach.newest() >= lacking.block && now - lacking.at < LATE
                ? Exclusion.LACKS_BLOCK
                : null;
    }

    @Override
    public void began(Node node, Asked asked, long now) {
        Holdings holdings = byNode.get(node);
        if (holdings != null) {
            long head = node.headOr(-1);
            for (Reach reach : asked.reaches()) {
                Ban ban = holdings.ban(reach, head);
                if (ban != null) {
                    ban.tried(now);
                }
            }
        }
    }

    @Override
    public void told(Node node, Asked asked, int index, CallOutcome outcome, long now) {
        switch (outcome) {
            case CallOutcome.Answered answered -> {
                Holdings holdings = byNode.get(node);
                if (holdings != null && saysSomething(answered)) {
                    served(holdings, asked.reaches().get(index), node.headOr(-1));
                }
            }
            case CallOutcome.Rejected rejected -> {
                ErrorClass error = rejected.errorClass();
                if (error == ErrorClass.MISSING_DATA || error == ErrorClass.FUTURE_BLOCK) {
                    missed(node, asked, asked.reaches().get(index), error, now);
                }
            }
        }
    }

    private static boolean saysSomething(CallOutcome.Answered answered) {
        return !answered.result().isNull()
                && !(answered.result().tree().isArray()
                        && answered.result().tree().isEmpty());
    }

    private static void served(Holdings holdings, Reach reach, long head) {
        if (reach.oldest() >= 0) {
            holdings.bounds.computeIfPresent(reach.needs(), (kind, bound) -> bound.served(reach.oldest(), head));
        }
    }

    private void missed(Node node, Asked asked, Reach reach, ErrorClass error, long now) {
        long head = node.headOr(-1);
        boolean isNear = head < 0 || head - reach.newest() < UNSETTLED;
        if (reach.newest() >= 0 && (error == ErrorClass.FUTURE_BLOCK ? isNear : head >= 0 && reach.newest() > head)) {
            holdings(node).lacking = new Lacking(reach.newest(), now);
            asked.lacks(reach.newest());
        } else if (reach.oldest() >= 0 && (head < 0 || head - reach.oldest() >= UNSETTLED)) {
            Bound before = missed(holdings(node), reach.needs(), reach.oldest(), head, now);
            boolean isForeseen = before != null && before.covers(reach.oldest(), head);
            if (!isForeseen && !node.isArchive()) {
                search.begin(node, reach.needs(), this);
            }
        }
    }

    /** What was known before. */
    private static @Nullable Bound missed(Holdings holdings, Needs needs, long block, long head, long now) {
        Bound before = holdings.bounds.get(needs);
        holdings.bounds.compute(needs, (kind, bound) -> Bound.missed(bound, block, head, now));
        return before;
    }

    /** What is not known of a kind of data at a node that has missed some; null if nothing is. */
    @Nullable Gap gap(Node node, Needs needs) {
        Holdings holdings = byNode.get(node);
        Bound bound = holdings == null ? null : holdings.bounds.get(needs);
        return bound == null ? null : bound.gap(node.headOr(-1));
    }

    /** A search has found whether the node has a block. */
    void found(Node node, Needs needs, long block, boolean has) {
        long head = node.headOr(-1);
        if (has) {
            holdings(node).bounds.computeIfPresent(needs, (kind, bound) -> bound.served(block, head));
        } else {
            missed(holdings(node), needs, block, head, nanoTicker.getAsLong());
        }
    }

    /** Of a node that is gone nothing is kept. */
    private Holdings holdings(Node node) {
        Holdings known = byNode.computeIfAbsent(node, one -> one.isGone() ? null : new Holdings());
        return known == null ? new Holdings() : known;
    }

    /** It is gone. */
    public void forget(Node node) {
        byNode.remove(node);
    }
}
