package dev.tocsin.rpcpool.internal.read;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import dev.tocsin.rpcpool.internal.method.BlockRef;
import dev.tocsin.rpcpool.internal.method.Keeps;
import dev.tocsin.rpcpool.internal.method.Method;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.Head;
import dev.tocsin.rpcpool.internal.node.HeadHearer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Answers reads from what has been answered before, as long as that still holds.
 *
 * <ul>
 *   <li>By a block's hash, and what never changes (the chain id): for ever.
 *   <li>By the number of a block that is finalized: for ever, unless a change that deep is told.
 *   <li>By the number of another block (or of the transaction in it): until a change at or below it is told, if the answer names the
 *       block by the hash that the chain's heads have told. If it names none, as a balance does not, until the head moves, and only if the
 *       node that answered was known to have that block of the chain: another may be late on another branch.
 *   <li>Of the latest, safe or finalized block: until the head moves, if the node was known to have the chain's newest block.
 *   <li>Nothing: what names a block by another hash than the heads have told, or one of which they have not told yet; null, refusals, what is
 *       pending; an empty list, unless the block is finalized or the node was made to have it. And nothing that is not finalized while
 *       nodes tell of their heads without hashes.
 * </ul>
 *
 * <p>What is not finalized is only answered while heads are told; after a while of silence it is not known whether it still holds. Bounded
 * by memory, estimated. Those who ask the same at the same time share a request ({@link SingleFlight}), whose answer is kept by what was known when
 * it was made. Lock-free for its callers; safe for use by many threads.
 */
public final class ReadCache implements Layer, HeadHearer {

    private static final int LARGEST_SHARE = 8;

    private final Layer below;
    private final Layer shared;
    private final LongSupplier finalized;
    private final Heads heads;
    private final long mostBytes;
    private final LongSupplier silenceNanos;
    private final LongSupplier nanoTicker;
    private final ChainTip tip = new ChainTip();
    private final Cache<CallKey, Entry> entries;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    /**
     * Above a layer.
     *
     * @param finalized the number of the finalized block; -1 if none is known
     * @param heads the newest blocks of the nodes
     * @param mostBytes of memory, about; 0: keeps nothing
     * @param silenceNanos how long after the last word of a head what is not finalized is still answered; no longer than heads take to be told
     */
    public ReadCache(
            Layer below,
            LongSupplier finalized,
            Heads heads,
            long mostBytes,
            LongSupplier silenceNanos,
            LongSupplier nanoTicker) {
        this.below = requireNonNull(below, "below");
        this.shared = new SingleFlight(this::ask, nanoTicker);
        this.finalized = requireNonNull(finalized, "finalized");
        this.heads = requireNonNull(heads, "heads");
        this.mostBytes = mostBytes;
        this.silenceNanos = requireNonNull(silenceNanos, "silenceNanos");
        this.nanoTicker = requireNonNull(nanoTicker, "nanoTicker");
        this.entries = Caffeine.newBuilder()
                .maximumWeight(mostBytes)
                .weigher((CallKey key, Entry entry) -> entry.bytes)
                .evictionListener((key, entry, cause) -> evictions.increment())
                .executor(Runnable::run) // no work on the common pool
                .build();
    }

    /** Nodes are late, so one of before does not mean that the chain is shorter; and not all tell its hash. */
    @Override
    public void head(Head head) {
        tip.heard(head.number(), head.hash(), head.parent(), finalized.getAsLong(), nanoTicker.getAsLong());
    }

    @Override
    public void givenUp(long head) {
        tip.reorganised(head + 1);
    }

    /** What it has done so far. */
    public Stats stats() {
        long bytes = entries.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
        return new Stats(hits.sum(), misses.sum(), evictions.sum(), bytes);
    }

    @Override
    public CallOutcome call(RpcCall call, CallContext context) throws InterruptedException {
        CallKey key = key(call);
        if (key != null) {
            Entry entry = entries.getIfPresent(key);
            if (entry != null && holds(entry.hold, context)) {
                hits.increment();
                return entry.answer;
            }
            misses.increment();
        }
        return shared.call(call, context);
    }

    /** Asks for it and keeps the answer: by the one caller who makes the request, so that nobody takes it for newer than that. */
    private CallOutcome ask(RpcCall call, CallContext context) throws InterruptedException {
        CallKey key = key(call);
        if (key == null) {
            return below.call(call, context);
        }
        Method method = Methods.of(call.method());
        Question question = new Question(
                method, block(method, call), context, tip.view(), finalized.getAsLong(), nanoTicker.getAsLong());
        CallOutcome outcome = below.call(call, context);
        if (outcome instanceof CallOutcome.Answered answer) {
            keep(key, answer, question);
        }
        return outcome;
    }

    /** Under which the answer is kept; null if it is not. */
    private @Nullable CallKey key(RpcCall call) {
        Method method = Methods.of(call.method());
        boolean isOfNone = method.keeps() == Keeps.BLOCK && isOfNoKnownBlock(block(method, call));
        return method.keeps() == Keeps.NEVER || isOfNone || mostBytes == 0 ? null : CallKey.of(call);
    }

    /** Whether it would answer a call itself. */
    public boolean knows(RpcCall call, CallContext context) {
        CallKey key = key(call);
        Entry entry = key == null ? null : entries.getIfPresent(key);
        return entry != null && holds(entry.hold, context);
    }

    private boolean holds(Hold hold, CallContext context) {
        ChainTip.View view = tip.view();
        return switch (hold) {
            case Hold.Always.ALWAYS -> true;
            case Hold.WhileStands block ->
                view.stands(block.number, block.since)
                        && (block.isFinal || block.number <= view.settled() || isFresh(view));
            case Hold.UntilMove head ->
                view.sequence() == head.since && context.minHead() <= head.minHead && isFresh(view);
        };
    }

    private boolean isFresh(ChainTip.View view) {
        return view.isFresh(nanoTicker.getAsLong(), silenceNanos.getAsLong());
    }

    private void keep(CallKey key, CallOutcome.Answered answer, Question question) {
        JsonNode tree = answer.result().tree();
        if (question.block instanceof BlockRef.ByNumber) {
            compare(Head.of(tree));
        }
        Hold hold = hold(answer.result(), question);
        if (hold == null) {
            return;
        }
        long bytes = HeapSize.of(tree) + HeapSize.of(key.text()) + Entry.OVERHEAD;
        if (bytes <= mostBytes / LARGEST_SHARE && bytes <= Integer.MAX_VALUE) {
            entries.put(key, new Entry(answer, hold, (int) bytes));
        }
    }

    private void compare(@Nullable Head block) {
        if (block != null && block.hash() != null) {
            tip.seen(block.number(), block.hash(), block.parent());
        }
    }

    /** How long an answer holds; null if it is not to be kept. */
    private @Nullable Hold hold(RpcResult answer, Question question) {
        JsonNode tree = answer.tree();
        NamedBlock named = NamedBlock.of(tree);
        if (tree.isNull() || NamedBlock.isPending(tree)) {
            return null;
        }
        return switch (question.method.keeps()) {
            case ALWAYS -> Hold.Always.ALWAYS;
            case HEAD -> ofTheTip(null, answer, question);
            case ANSWER -> named == null ? null : hold(named.number(), named, answer, question);
            case BLOCK ->
                switch (question.block) {
                    case BlockRef.ByHash hash when hash.onlyCanonical() -> ofTheTip(null, answer, question);
                    case BlockRef.ByHash hash -> isEmptyList(tree) ? null : Hold.Always.ALWAYS;
                    case BlockRef.ByNumber block -> hold(block.number(), named, answer, question);
                    case BlockRef.Tag tag -> ofTheTip(named, answer, question);
                    case BlockRef.None none -> null;
                };
            case NEVER -> null;
        };
    }

    private @Nullable Hold hold(long number, @Nullable NamedBlock named, RpcResult answer, Question question) {
        boolean isFinal = number <= question.finalized;
        ChainTip.View now = tip.view();
        if (named != null && named.number() == number && now.hash(number) != null) {
            boolean isOfChain = now.is(number, named.hash());
            return isOfChain ? new Hold.WhileStands(number, now.sequence(), isFinal) : null;
        }
        if (isFinal) {
            return new Hold.WhileStands(number, question.before.sequence(), true);
        }
        Head newest = heads.namedSince(answer.node(), question.askedAt);
        boolean hasBlock = newest != null && now.leadsTo(number, newest);
        boolean mayLack = isEmptyList(answer.tree()) && question.context.minHead() < number;
        return !hasBlock || mayLack || number > question.before.head() ? null : untilMove(named, question);
    }

    /** If the node is known to have had the chain's newest block since before it was asked, and none after. */
    private @Nullable Hold ofTheTip(@Nullable NamedBlock named, RpcResult answer, Question question) {
        Head newest = heads.namedSince(answer.node(), question.askedAt);
        boolean isAtTip = newest != null && tip.view().isTip(newest);
        return isAtTip ? untilMove(named, question) : null;
    }

    private @Nullable Hold untilMove(@Nullable NamedBlock named, Question question) {
        boolean mayBeOfAnother = named != null
                && named.number() > question.finalized
                && !tip.view().is(named.number(), named.hash());
        return mayBeOfAnother ? null : new Hold.UntilMove(question.before.sequence(), question.context.minHead());
    }

    private static boolean isEmptyList(JsonNode tree) {
        return tree.isArray() && tree.isEmpty();
    }

    /** The block that an answer depends on, if the call names it; of a range, its end that says less. */
    private static BlockRef block(Method method, RpcCall call) {
        if (method.keeps() != Keeps.BLOCK) {
            return BlockRef.None.NONE;
        }
        BlockRef newest = method.newestBlock(call);
        if (!method.isOfRange()) {
            return newest;
        }
        BlockRef oldest = method.oldestBlock(call);
        boolean isFirm = oldest instanceof BlockRef.ByNumber || oldest == BlockRef.Tag.EARLIEST;
        boolean saysLess = newest instanceof BlockRef.ByNumber && !isFirm;
        return saysLess || isOfNoKnownBlock(oldest) ? oldest : newest;
    }

    private static boolean isOfNoKnownBlock(BlockRef block) {
        return block == BlockRef.Tag.PENDING || block == BlockRef.None.NONE;
    }

    /**
     * What a cache has done.
     *
     * @param hits calls answered by what was kept
     * @param misses calls that could have been, had it been kept
     * @param evictions answers given up for want of memory
     * @param bytes that are taken now, about
     */
    public record Stats(long hits, long misses, long evictions, long bytes) {}

    /** The newest blocks of the nodes. */
    @FunctionalInterface
    public interface Heads {

        /** The block that a node has named by its hash as its newest, if it was the same at a time; null if not. */
        @Nullable Head namedSince(String node, long time);
    }

    /** What is asked, and what was known when it was. */
    private record Question(
            Method method, BlockRef block, CallContext context, ChainTip.View before, long finalized, long askedAt) {}

    private record Entry(CallOutcome.Answered answer, Hold hold, int bytes) {
        private static final long OVERHEAD = 200;
    }

    /** How long an answer holds. */
    private sealed interface Hold {
        enum Always implements Hold {
            ALWAYS
        }

        /** As long as no change of the block or one below is told after a time. */
        record WhileStands(long number, long since, boolean isFinal) implements Hold {}

        /** As long as no head is told after a time; for those who need no newer block than the first who asked. */
        record UntilMove(long since, long minHead) implements Hold {}
    }
}
