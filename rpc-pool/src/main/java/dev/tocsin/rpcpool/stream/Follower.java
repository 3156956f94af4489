package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.stream.ChainReader.View;
import dev.tocsin.rpcpool.stream.LogFetch.Fetched;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a {@link LogStream}: one step reads what comes after the tip, follows the chain, gets logs, and delivers one batch.
 *
 * <h2>One view, one node</h2>
 * Each look at the chain is one request for a row of consecutive blocks that begins at or below the tip. A row that is not linked by
 * parent hashes is no answer. A reorganisation is found by asking again for a longer row (back to the window's end), never by
 * combining answers that may come from nodes on different branches.
 *
 * <h2>Which branch is taken</h2>
 * A row that does not reach the tip's height is a lagging node: nothing new, whatever its branch. A row of another branch that is
 * higher than the tip is taken at once: each such change makes the line longer, so nodes that disagree cannot make it flap. A
 * row of another branch that ends at the tip's own height is taken when {@value #INSISTENCE} looks in a row that reached so
 * high have ended in the same block; as long as some node still shows our tip now and then, we stay.
 *
 * <h2>Nothing is done on error</h2>
 * The state changes in two places only: a linked row is taken into the known chain, and a batch that the handler has taken is
 * committed. Every failure in between leaves the block where it was.
 *
 * <p>Used by one thread.
 */
final class Follower {
    /** The most blocks in one batch, and in one JSON-RPC batch. */
    static final int MOST_BLOCKS = 50;

    /** About how many logs are asked for at once; the number of blocks is fitted to it. */
    static final int ABOUT_LOGS = 20_000;

    private static final int INSISTENCE = 3;
    private static final int FIRST_LOG_SPAN = 10;
    private static final int[] LOOK_BACK = {0, 7, MOST_BLOCKS - 1, Integer.MAX_VALUE};

    private final ChainReader reader;
    private final Start start;
    private final LogFetch fetch;
    private final int confirmations;
    private final int window;
    private final LogStreamListener listener;
    private final Delivery delivery;
    private final InstantSource clock;
    private final Shortfall shortfall;

    private @Nullable KnownChain chain;
    private long head = -1;
    private long told = -1; // the head by the last view; a node that exaggerates does so for one look only
    private int logSpan = FIRST_LOG_SPAN;
    private boolean mustLook = true;
    private String rival = "";
    private int rivalSeen;
    private int strangerSeen;

    /** What a step came to. */
    enum Step {
        /** Something was done; there may be more. */
        PROGRESS,
        /** The chain has nothing new. */
        NOTHING_NEW,
        /** Something was seen that another look will decide. */
        LOOK_AGAIN,
        /** The chain has left what is known of it; no step is possible any more. */
        VIOLATED
    }

    /** Where batches go. */
    interface Delivery {
        /** Returns when the batch has been taken for good: true, or false if it never will be because the stream is closed. */
        boolean deliver(LogBatch batch) throws InterruptedException;
    }

    Follower(
            ChainReader reader,
            Start start,
            LogFetch fetch,
            int confirmations,
            int window,
            LogStreamListener listener,
            Delivery delivery,
            InstantSource clock,
            Shortfall shortfall) {
        this.reader = reader;
        this.start = start;
        this.fetch = fetch;
        this.confirmations = confirmations;
        this.window = window;
        this.listener = listener;
        this.delivery = delivery;
        this.clock = clock;
        this.shortfall = shortfall;
    }

    /** The last delivered block, or -1. */
    long processed() {
        return chain == null ? -1 : chain.position();
    }

    /** The highest head that was told, or -1; when the nodes have fallen back below what was delivered, the highest since. */
    long head() {
        return head;
    }

    /** Does the next thing. When it throws, it has done nothing. */
    Step step() throws ChainReadException, InterruptedException {
        boolean look = mustLook;
        mustLook = true; // unless this step succeeds
        KnownChain known = chain;
        if (known == null) {
            return begin();
        }
        Step looked = Step.PROGRESS;
        if (look || known.releasable(confirmations, 1).isEmpty()) {
            looked = look(known);
        }
        if (looked == Step.VIOLATED
                || (known.releasable(confirmations, 1).isEmpty()
                        && known.retracted().isEmpty())) {
            return looked;
        }
        if (!release(known)) {
            return Step.NOTHING_NEW;
        }
        mustLook = false;
        return Step.PROGRESS;
    }

    private Step begin() throws ChainReadException, InterruptedException {
        return switch (start.position(reader)) {
            case Start.Begin(Checkpoint checkpoint, boolean fresh) -> begin(checkpoint, fresh);
            case Start.Beyond(long first, long newest) -> {
                noteHead(newest);
                if (shortfall.lasts(newest, first)) {
                    listener.onWaiting(reader.chainId(), first, newest);
                }
                yield Step.NOTHING_NEW;
            }
        };
    }

    private Step begin(Checkpoint checkpoint, boolean fresh) throws InterruptedException {
        if (fresh && !delivery.deliver(batch(List.of(), List.of(), List.of(), checkpoint))) {
            return Step.NOTHING_NEW;
        }
        chain = new KnownChain(checkpoint, window);
        listener.onBegin(reader.chainId(), checkpoint);
        noteHead(checkpoint.number());
        return Step.PROGRESS;
    }

    /** Looks at the chain around the tip and takes what is new into the known chain. */
    private Step look(KnownChain known) throws ChainReadException, InterruptedException {
        long tip = known.tip();
        for (int back : LOOK_BACK) {
            long from = Math.max(0, Math.max(known.floor(), tip - back));
            long ahead = back == 0 ? ahead(tip) : 1;
            View view = reader.view(from, tip + ahead);
            List<Block> row = linked(view, from);
            told = view.head();
            long newest = row.isEmpty() ? told : Math.max(told, row.getLast().number());
            noteHead(newest);
            if (shortfall.lasts(newest, known.position())) {
                head = newest;
                listener.onBehind(reader.chainId(), known.position(), newest);
            }
            if (row.isEmpty() || row.getLast().number() < tip) {
                return Step.NOTHING_NEW; // this node lags
            }
            Long common = known.meet(row);
            if (common != null && common == tip) {
                return extend(known, row);
            }
            if (!mayReplace(row.getLast(), tip, back == 0)) {
                return Step.LOOK_AGAIN;
            }
            if (common != null) {
                return goOver(known, common, row);
            }
            if (from == Math.max(0, known.floor())) {
                return leave(known, row);
            }
        }
        throw new IllegalStateException("the last look back reaches the window's end");
    }

    private long ahead(long tip) {
        return told < 0 ? MOST_BLOCKS : Math.clamp(told - tip, 1, MOST_BLOCKS);
    }

    private Step extend(KnownChain known, List<Block> row) {
        rivalSeen = 0;
        strangerSeen = 0;
        long tip = known.tip();
        row.stream().filter(block -> block.number() > tip).forEach(known::append);
        return known.tip() > tip ? Step.PROGRESS : Step.NOTHING_NEW;
    }

    /** Whether a row that ends in this block may take the place of ours. */
    private boolean mayReplace(Block top, long tip, boolean count) {
        if (top.number() > tip) {
            return true;
        }
        if (count) {
            rivalSeen = top.hash().equals(rival) ? rivalSeen + 1 : 1;
            rival = top.hash();
        }
        return rivalSeen >= INSISTENCE && top.hash().equals(rival);
    }

    private Step goOver(KnownChain known, long ancestor, List<Block> row) {
        long depth = known.dropAbove(ancestor);
        row.stream().filter(block -> block.number() > ancestor).forEach(known::append);
        return wentOver(known, ancestor, depth);
    }

    /** No block of ours is in the row. */
    private Step leave(KnownChain known, List<Block> row) {
        if (known.isComplete()) {
            Block first = row.getFirst();
            boolean withAnchor = first.number() == known.floor();
            long ancestor = known.floor();
            long depth =
                    known.dropAll(withAnchor ? first.hash() : first.header().parentHash());
            row.stream().skip(withAnchor ? 1 : 0).forEach(known::append);
            return wentOver(known, ancestor, depth);
        }
        strangerSeen++;
        if (strangerSeen < INSISTENCE) {
            return Step.LOOK_AGAIN;
        }
        return Step.VIOLATED;
    }

    private Step wentOver(KnownChain known, long ancestor, long depth) {
        rivalSeen = 0;
        strangerSeen = 0;
        listener.onReorg(reader.chainId(), ancestor, depth, List.copyOf(known.retracted()));
        return Step.PROGRESS;
    }

    /** Gets logs and delivers one batch; false if the stream was closed. */
    private boolean release(KnownChain known) throws ChainReadException, InterruptedException {
        List<Block> blocks = known.releasable(confirmations, logSpan);
        int owed = Math.min(known.owed(), blocks.size());
        List<List<Log>> logs = new ArrayList<>();
        List<Header> doubtful = new ArrayList<>();
        String failure = null;
        while (failure == null && logs.size() < blocks.size() && (logs.isEmpty() || logs.size() < owed)) {
            List<Block> part = blocks.subList(logs.size(), Math.min(blocks.size(), logs.size() + logSpan));
            Fetched fetched = fetchFitted(part);
            logs.addAll(fetched.logs());
            doubtful.addAll(fetched.doubtful());
            failure = fetched.failure();
        }
        if (failure != null && (logs.isEmpty() || logs.size() < owed)) {
            logSpan = Math.max(1, logSpan / 2);
            throw new ChainReadException(failure);
        }
        int fetchedBlocks = logs.size();
        List<Block> done = blocks.subList(0, Math.max(owed, fitting(logs)));
        logs.subList(done.size(), logs.size()).clear(); // to be asked for again, in smaller parts
        List<Header> headers = done.stream().map(Block::header).toList();
        List<Log> flat = logs.stream().flatMap(List::stream).toList();
        if (!delivery.deliver(batch(List.copyOf(known.retracted()), headers, flat, known.after(done)))) {
            return false;
        }
        known.commit(done.size());
        doubtful.stream()
                .filter(headers::contains)
                .forEach(header -> listener.onSuspiciousEmpty(reader.chainId(), header));
        if (failure != null && done.size() == fetchedBlocks) {
            throw new ChainReadException(failure); // the rest, after a pause
        }
        return true;
    }

    /** How many of the first blocks make about the logs of one batch; at least one, if there is one. */
    private static int fitting(List<List<Log>> logs) {
        int sum = 0;
        for (int i = 0; i < logs.size(); i++) {
            sum += logs.get(i).size();
            if (sum > ABOUT_LOGS && i > 0) {
                return i;
            }
        }
        return logs.size();
    }

    /** Fetches, and fits the number of blocks asked about at once to how many logs they have. */
    private Fetched fetchFitted(List<Block> part) throws ChainReadException, InterruptedException {
        Fetched fetched;
        try {
            fetched = fetch.fetch(part);
        } catch (ChainReadException e) {
            logSpan = Math.max(1, logSpan / 2);
            throw e;
        }
        int most = fetched.logs().stream().mapToInt(List::size).max().orElse(0);
        logSpan = Math.clamp(Math.min(ABOUT_LOGS / Math.max(1, most), 4L * logSpan), 1, MOST_BLOCKS);
        return fetched;
    }

    private LogBatch batch(List<Header> retracted, List<Header> blocks, List<Log> logs, Checkpoint checkpoint) {
        return new LogBatch(reader.chainId(), retracted, blocks, logs, checkpoint, clock.instant());
    }

    private void noteHead(long number) {
        if (number > head) {
            head = number;
            listener.onHead(reader.chainId(), number);
        }
    }

    /** The blocks up to the first that the node does not have. */
    private static List<Block> linked(View view, long from) throws ChainReadException {
        List<Block> row = new ArrayList<>();
        for (Block block : view.blocks()) {
            if (block == null) {
                break;
            }
            if (block.number() != from + row.size()) {
                throw new ChainReadException("asked for block " + (from + row.size()) + ", got " + block.number());
            }
            if (!row.isEmpty() && !block.isChildOf(row.getLast())) {
                throw new ChainReadException("block " + block.number() + " is not the child of the one before it");
            }
            row.add(block);
        }
        return row;
    }
}
