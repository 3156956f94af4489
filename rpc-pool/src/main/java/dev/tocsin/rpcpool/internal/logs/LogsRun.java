package dev.tocsin.rpcpool.internal.logs;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;

/**
 * One query under way: a row of parts in the order of the chain. A part is cut when its turn comes, by what is known of the limits by then;
 * what is cut off waits behind it. The caller's thread does everything but the asking.
 */
final class LogsRun {

    private static final int WIDTH = 4; // requests at a time
    private static final int LOOK_AHEAD =
            8; // parts begun and not handed over, beyond those that are to be handed over next
    private static final int MOST_TRIES = 3; // of one part; each is already retried below

    private final Layer below;
    private final Limits limits;
    private final LogsPlanner.Heads heads;
    private final LongSupplier nanoTicker;
    private final CallContext context;
    private final LogsFilter whole;
    private final int shape;
    private final List<Part> parts = new ArrayList<>(); // by their first block
    private final BlockingQueue<Part> ended = new ArrayBlockingQueue<>(WIDTH);
    private final Set<String> nodes = new LinkedHashSet<>();
    private int width = WIDTH;
    private int running;
    private boolean isNarrow; // a node has refused what it was known not to give: no wider one can be asked

    LogsRun(
            Layer below,
            Limits limits,
            LogsPlanner.Heads heads,
            LongSupplier nanoTicker,
            LogsFilter whole,
            CallContext context) {
        this.below = below;
        this.limits = limits;
        this.heads = heads;
        this.nanoTicker = nanoTicker;
        this.whole = whole;
        this.context = context;
        this.shape = whole.shape();
        parts.add(new Part(whole));
    }

    /** A part of the query. Between the start and the end of a request it is the worker's, else the caller's. */
    private static final class Part {
        private final LogsFilter filter;
        private int tries;
        private boolean isBegun;
        private long begunAfter; // so many refusals
        private @Nullable CallOutcome outcome;
        private @Nullable Throwable thrown;
        private @Nullable ArrayNode logs;

        Part(LogsFilter filter) {
            this.filter = filter;
        }
    }

    /** Whether it is within the limits. */
    boolean isOneRequest() {
        return cut(whole) == null;
    }

    /** Asks for the query in one piece, of the caller's thread; null if that is not the end: it has been cut, or nobody had the blocks. */
    @Nullable CallOutcome inOnePiece(RpcCall call) throws InterruptedException {
        Part only = parts.getFirst();
        only.begunAfter = limits.refusals();
        CallOutcome outcome = ask(call, whole);
        return switch (outcome) {
            case CallOutcome.Rejected rejected ->
                isTooMuch(rejected.errorClass()) && isCut(only, rejected) ? null : rejected;
            case CallOutcome.Answered answered -> {
                RpcException lacking = lacking(whole, answered.result().node());
                if (lacking != null) {
                    failed(only, lacking);
                    yield null;
                }
                learn(whole, answered);
                yield answered;
            }
        };
    }

    /** Who answered. */
    String nodes() {
        return String.join(",", nodes);
    }

    /** Of nodes that have its last block, or the highest there is; a refusal as too much is an outcome, however it comes. */
    private CallOutcome ask(RpcCall call, LogsFilter part) throws InterruptedException {
        try {
            long head = neededHead(part);
            return below.call(call, head < 0 ? context : context.withMinHead(head));
        } catch (RpcRejectedException e) {
            if (isTooMuch(e.errorClass())) {
                return new CallOutcome.Rejected(e.code(), e.reason(), e.data(), e.node(), e.errorClass());
            }
            throw e;
        }
    }

    /** The block that a node must have for its answer to be whole; -1 if that is not known. */
    private long neededHead(LogsFilter part) {
        return part.isRange() ? Math.min(part.to(), heads.highest().getAsLong()) : -1;
    }

    /** What is wrong with an answer of a node that was asked for want of a better one; null if it has the blocks, or nobody knows. */
    private @Nullable RpcException lacking(LogsFilter part, String node) {
        long has = heads.ofNode().applyAsLong(node);
        long needed = neededHead(part);
        return has < 0 || has >= needed
                ? null
                : new RpcException(
                        node + " answered eth_getLogs up to block " + part.to() + ", but has only " + has
                                + "; no node with the blocks served it",
                        null);
    }

    /** Hands over the logs in order, none of the lists empty; returns the refusal that ended it, or null if all is done. */
    CallOutcome.@Nullable Rejected run(Consumer<ArrayNode> chunks) throws InterruptedException {
        ExecutorService workers = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tocsin-logs-", 0).factory());
        try (workers) {
            try {
                while (!parts.isEmpty()) {
                    begin(workers);
                    Part part = ended.take(); // comes by the deadline, as the layer below keeps it
                    running--;
                    CallOutcome.Rejected refusal = settle(part);
                    if (refusal != null) {
                        return refusal;
                    }
                    handOver(chunks);
                }
                return null;
            } finally {
                workers.shutdownNow(); // whoever still asks does so for nothing
            }
        }
    }

    private void begin(ExecutorService workers) {
        int next = firstGroup();
        int ahead = 0;
        for (int i = 0; i < parts.size() && running < width && ahead < LOOK_AHEAD; i++) {
            Part part = parts.get(i);
            if (!part.isBegun) {
                Part fit = fit(i, part);
                next = i == 0 ? firstGroup() : next;
                fit.isBegun = true;
                fit.begunAfter = limits.refusals();
                running++;
                workers.execute(() -> work(fit));
            }
            ahead += i < next ? 0 : 1;
        }
    }

    /** The part, or as much of it as may be asked for at once; the rest of it comes behind. */
    private Part fit(int index, Part part) {
        if (context.deadline() - nanoTicker.getAsLong() <= 0) {
            throw new RpcException(
                    "eth_getLogs was not done by the deadline"
                            + (part.filter.isRange()
                                    ? ", at block " + parts.getFirst().filter.from()
                                    : ""),
                    null);
        }
        Part fit = part;
        for (LogsFilter.Cut cut = cut(part.filter); cut != null; cut = cut(fit.filter)) {
            fit = replace(index, cut);
        }
        return fit;
    }

    private void work(Part part) {
        try {
            part.outcome = ask(part.filter.call(), part.filter);
        } catch (Throwable e) { // for the caller's thread to throw
            part.thrown = e;
        } finally {
            ended.add(part);
        }
    }

    private CallOutcome.@Nullable Rejected settle(Part part) throws InterruptedException {
        CallOutcome outcome = part.outcome;
        if (outcome == null) {
            failed(part, part.thrown);
            return null;
        }
        return switch (outcome) {
            case CallOutcome.Answered answered -> {
                answered(part, answered);
                yield null;
            }
            case CallOutcome.Rejected rejected -> {
                boolean goesOn = isTooMuch(rejected.errorClass())
                        ? isCut(part, rejected)
                        : rejected.errorClass().action() == ErrorAction.COOL_DOWN && isRetried(part);
                yield goesOn ? null : rejected;
            }
        };
    }

    private void answered(Part part, CallOutcome.Answered answered) {
        String node = answered.result().node();
        RpcException lacking = lacking(part.filter, node);
        if (lacking != null || !(answered.result().tree() instanceof ArrayNode logs)) {
            failed(
                    part,
                    lacking != null ? lacking : new RpcException(node + " answered eth_getLogs with no list", null));
            return;
        }
        part.logs = logs;
        learn(part.filter, answered);
        nodes.add(node);
        width = Math.min(WIDTH, width + 1);
    }

    private void learn(LogsFilter part, CallOutcome.Answered answered) {
        if (part.isOnlyBlocksOf(whole) && answered.result().tree() instanceof ArrayNode logs) {
            limits.answered(answered.result().node(), shape, part.blocks(), logs.size());
        }
    }

    private void failed(Part part, @Nullable Throwable thrown) {
        switch (thrown) {
            case RpcException e -> {
                if (!isRetried(part)) {
                    throw e;
                }
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> throw new RpcException("eth_getLogs was interrupted", thrown);
        }
    }

    /** Whether it is asked for once more, with fewer requests at a time. */
    private boolean isRetried(Part part) {
        width = Math.max(1, width / 2);
        part.tries++;
        part.isBegun = false;
        part.outcome = null;
        part.thrown = null;
        return part.tries < MOST_TRIES && context.deadline() - nanoTicker.getAsLong() > 0;
    }

    static boolean isTooMuch(ErrorClass error) {
        return switch (error) {
            case RANGE_TOO_LARGE, RESULT_TOO_LARGE, ADDRESSES_TOO_LARGE, REQUEST_TOO_LARGE, EXEC_TIMEOUT -> true;
            default -> false;
        };
    }

    /** Learns from a refusal and cuts what was refused: the blocks, then the addresses, then the topics; false if it cannot be cut. */
    private boolean isCut(Part part, CallOutcome.Rejected refusal) {
        LogsFilter filter = part.filter;
        int position = refusal.message().contains("topic") ? filter.longest() : filter.widest();
        boolean wasKnown = limits.isTooMuch(refusal.node(), shape, filter.blocks(), part.begunAfter);
        Hint hint = limits.refused(refusal, shape, filter, position);
        if (!hint.isKnown()) {
            width = 1; // the others would be refused as well
        }
        isNarrow |= wasKnown;
        Limits.Sizes sizes = limits.sizes(shape, isNarrow);
        if (!isNarrow
                && filter.blocks() <= sizes.blocks()
                && limits.isTooMuch(refusal.node(), shape, filter.blocks(), limits.refusals())) {
            part.isBegun = false; // a wider node gives it
            part.outcome = null;
            return true;
        }
        boolean isOfBlocks = refusal.errorClass() != ErrorClass.ADDRESSES_TOO_LARGE
                && refusal.errorClass() != ErrorClass.REQUEST_TOO_LARGE;
        LogsFilter.Cut cut;
        if (isOfBlocks && filter.blocks() > 1 && filter.from() <= highest()) {
            cut = filter.cutBlocks(upToHead(filter, smaller(sizes.blocks(), filter.blocks())));
        } else if (position >= 0) {
            int size = filter.alternatives(position).size();
            cut = filter.cutAlternatives(position, (int) smaller(sizes.alternatives(position), size));
        } else {
            return false;
        }
        replace(parts.indexOf(part), cut);
        return true;
    }

    private static long smaller(long wanted, long size) {
        return wanted < size ? wanted : size / 2;
    }

    private LogsFilter.@Nullable Cut cut(LogsFilter part) {
        Limits.Sizes sizes = limits.sizes(shape, isNarrow);
        if (part.blocks() > sizes.blocks() && part.from() <= highest()) {
            return part.cutBlocks(upToHead(part, sizes.blocks()));
        }
        for (int position = 0; position < part.positions(); position++) {
            long most = sizes.alternatives(position);
            if (most < Integer.MAX_VALUE && part.alternatives(position).size() > most) {
                return part.cutAlternatives(position, (int) most);
            }
        }
        return null;
    }

    /** So many blocks, but none beyond the highest head unless all are. */
    private long upToHead(LogsFilter part, long blocks) {
        return Math.min(blocks - 1, highest() - part.from()) + 1;
    }

    /** The first piece in the place of what was cut, the rest before the first part that begins later. */
    private Part replace(int index, LogsFilter.Cut cut) {
        Part first = new Part(cut.first());
        parts.set(index, first);
        int place = index + 1;
        while (place < parts.size()
                && parts.get(place).filter.from() <= cut.rest().from()) {
            place++;
        }
        parts.add(place, new Part(cut.rest()));
        return first;
    }

    private long highest() {
        long known = heads.highest().getAsLong();
        return known < 0 ? Long.MAX_VALUE : known;
    }

    /** How many of the first parts share blocks, so that only together they are in order. */
    private int firstGroup() {
        long last = parts.getFirst().filter.to();
        int size = 1;
        while (size < parts.size() && parts.get(size).filter.from() <= last) {
            last = Math.max(last, parts.get(size).filter.to());
            size++;
        }
        return size;
    }

    private void handOver(Consumer<ArrayNode> chunks) {
        while (!parts.isEmpty()) {
            List<Part> group = parts.subList(0, firstGroup());
            List<ArrayNode> logs = new ArrayList<>();
            for (Part part : group) {
                if (part.logs == null) {
                    return;
                }
                logs.add(part.logs);
            }
            group.clear();
            ArrayNode merged = LogOrder.merged(logs);
            if (!merged.isEmpty()) {
                chunks.accept(merged);
            }
        }
    }
}
