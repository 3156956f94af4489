package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import dev.tocsin.rpcpool.internal.method.BlockRef;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Serves {@code eth_getLogs} whatever the nodes' limits: cuts the query by the limits learned so far, asks for the chunks in parallel, cuts
 * further what is refused as too much, asks again only for what failed, and puts the logs together in order. Other calls pass.
 *
 * <p>A query that is within the limits is one call to the layer below, on the caller's thread, and its answer is handed on as it is. Each
 * chunk is asked of nodes that have its last block, and an answer of a node that is known not to have it is not taken, so that {@code []} is
 * never an answer about blocks that a node has not seen; what lies beyond the highest head known is asked of a node with that head, in one
 * piece, and is as this node answers it. The chunks of one query may come from different
 * nodes: across a reorganisation that happens meanwhile they may differ, so ask for final blocks, or compare the logs' block hashes.
 *
 * <p>What a node refuses although it cannot be cut further is returned as that node's refusal. Safe for use by many threads.
 */
public final class LogsPlanner implements Layer {

    private static final RpcCall HEAD = RpcCall.of("eth_blockNumber");
    private static final int MOST_LOGS = 1_000_000; // in one answer; more can be had as a stream

    private final Layer below;
    private final Heads heads;
    private final LongSupplier nanoTicker;
    private final Limits limits;

    /**
     * Which blocks the nodes have, as far as is known without asking.
     *
     * @param highest the highest block that there is by their word, whoever may be asked just now; -1 if none is known
     * @param ofNode the highest block that the node of a name is known to have; -1 if that is not known
     * @param finalized the newest final block; -1 if none is known
     */
    public record Heads(LongSupplier highest, ToLongFunction<String> ofNode, LongSupplier finalized) {}

    /**
     * A planner that has learned nothing yet.
     *
     * @param below hands up a refusal that calls for a split, with the node's name, instead of asking another node
     */
    public LogsPlanner(Layer below, Heads heads, LongSupplier nanoTicker) {
        this(below, heads, new Limits(nanoTicker), nanoTicker);
    }

    /** As the other, with limits that are also a gate before the nodes. */
    public LogsPlanner(Layer below, Heads heads, Limits limits, LongSupplier nanoTicker) {
        this.below = below;
        this.heads = heads;
        this.limits = limits;
        this.nanoTicker = nanoTicker;
    }

    @Override
    public CallOutcome call(RpcCall call, CallContext context) throws InterruptedException {
        LogsFilter filter = LogsFilter.METHOD.equals(call.method()) ? LogsFilter.of(call) : null;
        if (filter == null) {
            return below.call(call, context);
        }
        if (!filter.hasTags()) {
            return planned(call, filter, context);
        }
        CallOutcome whole = isOneRequest(guessed(filter), context) ? whole(call, context) : null;
        if (whole != null) {
            return whole;
        }
        LogsFilter fixed = fixed(filter, context);
        return planned(fixed.call(), fixed, context);
    }

    /**
     * Makes sure that the blocks are not given the wrong way round, as far as both are numbers.
     *
     * @throws IllegalArgumentException if they are
     */
    public static void requireOrder(RpcCall call) {
        LogsFilter filter = LogsFilter.of(call);
        if (filter != null) {
            filter.requireOrder();
        }
    }

    /** Whether a call would be cut, by what is known of the nodes' limits. Asks nobody. */
    public boolean cuts(RpcCall call, CallContext context) {
        LogsFilter filter = LogsFilter.METHOD.equals(call.method()) ? LogsFilter.of(call) : null;
        if (filter == null) {
            return false;
        }
        return !isOneRequest(guessed(filter), context);
    }

    /** With the highest head for what has no number; as it is if that is not known. */
    private LogsFilter guessed(LogsFilter filter) {
        LogsFilter numbered =
                filter.hasTags() ? filter.numbered(tag -> heads.highest().getAsLong()) : null;
        return numbered == null ? filter : numbered;
    }

    private boolean isOneRequest(LogsFilter filter, CallContext context) {
        return new LogsRun(below, limits, heads, nanoTicker, filter, context).isOneRequest();
    }

    /** As the caller has named its blocks, in one piece; null if that is too much. */
    private @Nullable CallOutcome whole(RpcCall call, CallContext context) throws InterruptedException {
        try {
            CallOutcome outcome = below.call(call, context);
            return outcome instanceof CallOutcome.Rejected refusal && LogsRun.isTooMuch(refusal.errorClass())
                    ? null
                    : outcome;
        } catch (RpcRejectedException e) {
            if (LogsRun.isTooMuch(e.errorClass())) {
                return null;
            }
            throw e;
        }
    }

    /** With numbers for its tags; as it is if a node does not know the block, or there is nothing to cut. */
    private LogsFilter fixed(LogsFilter filter, CallContext context) throws InterruptedException {
        if (!filter.hasTags()) {
            return filter;
        }
        Map<BlockRef.Tag, Long> numbers = new EnumMap<>(BlockRef.Tag.class);
        for (BlockRef.Tag tag : filter.tags()) {
            numbers.put(tag, tag == BlockRef.Tag.LATEST ? latest(context) : named(tag, context));
        }
        LogsFilter fixed = filter.numbered(tag -> numbers.getOrDefault(tag, -1L));
        return fixed == null ? filter : fixed;
    }

    /** The number of the latest block, which is asked for, since it is not known as exactly as a caller wants it. */
    private long latest(CallContext context) throws InterruptedException {
        long head = heads.highest().getAsLong();
        if (below.call(HEAD, context) instanceof CallOutcome.Answered answered) {
            long highest = heads.highest().getAsLong(); // has learned of the answer, if that is to be believed
            head = highest < 0
                    ? answered.result().asLong()
                    : Math.min(highest, answered.result().asLong());
        }
        return head;
    }

    /** The number of the safe or the finalized block, which is asked for if the nodes have not told of it; -1 if none has such a block. */
    private long named(BlockRef.Tag tag, CallContext context) throws InterruptedException {
        long known = tag == BlockRef.Tag.FINALIZED ? heads.finalized().getAsLong() : -1;
        if (known >= 0) {
            return known;
        }
        try {
            RpcCall call = RpcCall.of("eth_getBlockByNumber", tag.name().toLowerCase(Locale.ROOT), false);
            return below.call(call, context) instanceof CallOutcome.Answered answered
                            && BlockRef.of(answered.result().tree().path("number")) instanceof BlockRef.ByNumber by
                    ? by.number()
                    : -1;
        } catch (RpcRejectedException e) {
            return -1; // the refusal of the query itself says more
        }
    }

    private CallOutcome planned(RpcCall call, LogsFilter filter, CallContext context) throws InterruptedException {
        long began = nanoTicker.getAsLong();
        LogsRun run = new LogsRun(below, limits, heads, nanoTicker, filter, context);
        if (run.isOneRequest()) {
            CallOutcome outcome = run.inOnePiece(call);
            if (outcome != null) {
                return outcome;
            }
        }
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        CallOutcome.Rejected refusal = run.run(chunk -> {
            if (all.size() + chunk.size() > MOST_LOGS) {
                throw new RpcException(
                        "eth_getLogs finds more than " + MOST_LOGS + " logs: ask for fewer blocks", null);
            }
            all.addAll(chunk);
        });
        Duration took = Duration.ofNanos(nanoTicker.getAsLong() - began);
        return refusal == null ? new CallOutcome.Answered(RpcResult.of(all, run.nodes(), took)) : refusal;
    }

    /**
     * Hands over the logs of a query piece by piece, in the order of the chain, while the next are being fetched; not further ahead than a few
     * requests. What has been handed over is right even if the rest fails.
     *
     * @param chunks gets lists of logs, none of them empty, on the caller's thread; its time counts against the deadline
     * @return a node's refusal, if the rest could not be had because of it
     * @throws RpcException if the rest could not be had for another reason
     * @throws IllegalArgumentException if it is no call of {@code eth_getLogs} with a filter
     */
    public Optional<CallOutcome.Rejected> stream(RpcCall call, CallContext context, Consumer<JsonNode> chunks)
            throws InterruptedException {
        @Nullable LogsFilter filter = LogsFilter.METHOD.equals(call.method()) ? LogsFilter.of(call) : null;
        if (filter == null) {
            throw new IllegalArgumentException("call must be eth_getLogs with a filter, was " + call.method());
        }
        LogsFilter fixed = fixed(filter, context);
        return Optional.ofNullable(new LogsRun(below, limits, heads, nanoTicker, fixed, context).run(chunks::accept));
    }
}
