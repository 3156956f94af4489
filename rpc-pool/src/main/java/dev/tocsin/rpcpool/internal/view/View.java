package dev.tocsin.rpcpool.internal.view;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.BatchLayer;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.method.BlockRef;
import dev.tocsin.rpcpool.internal.method.Keeps;
import dev.tocsin.rpcpool.internal.method.Method;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.ChainView;
import dev.tocsin.rpcpool.internal.node.Floor;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.StringNode;

/**
 * Makes the answers of many nodes those of one chain that only grows.
 *
 * <h2>Which block is the newest</h2>
 * The served tip of {@link ChainView}, which most nodes have; {@code eth_blockNumber} is answered with it. A context with a {@code minHead}
 * is of a caller with a view of its own (a session): to it that block is the newest.
 *
 * <h2>What is asked</h2>
 * {@code latest} and {@code finalized} are asked by number, of nodes that have the block. So the answer is the same whoever gives it, and who has
 * fallen behind unnoticed answers with null or an error instead of something old.
 *
 * <h2>What is not believed</h2>
 * A block that is older than one shown before, or newer than what most nodes have; null from a node that is behind. Then another node is asked.
 *
 * <h2>One node</h2>
 * Behind one address there may be several. So all of this is done for one node too, but {@code latest} is pinned only once the node was seen
 * to go back: else its answer is newer than what is known of its head, of which nobody asks it for as long.
 *
 * <p>With {@link Pinning#NEVER} calls pass unchanged. Safe for use by many threads.
 */
public final class View implements Layer, BatchLayer {

    static final String HEAD = "eth_blockNumber";

    private static final int MOST_ASKS = 3;
    private static final int UNSERVED = -32_000; // JSON-RPC's code for whatever a server cannot do

    private final Layer below;
    private final BatchLayer batches;
    private final Nodes nodes;
    private final ChainView chain;
    private final Pinning pinning;
    private final Belief belief;
    private final Patience patience;
    private final MinedHashes mined = new MinedHashes();
    private final Floor safe = new Floor();
    private final LongSupplier nanoTicker;

    public View(
            Layer below,
            BatchLayer batches,
            Nodes nodes,
            ChainView chain,
            Pinning pinning,
            Belief belief,
            Patience patience,
            LongSupplier nanoTicker) {
        this.below = below;
        this.batches = batches;
        this.nodes = nodes;
        this.chain = chain;
        this.pinning = pinning;
        this.belief = belief;
        this.patience = patience;
        this.nanoTicker = nanoTicker;
    }

    @Override
    public CallOutcome call(RpcCall call, CallContext context) throws InterruptedException {
        if (isOff()) {
            return below.call(call, context);
        }
        if (call.method().equals(HEAD)) {
            CallOutcome outcome = below.call(call, context);
            return head(outcome, -1, context);
        }
        Method method = Methods.of(call.method());
        BlockRef block = method.newestBlock(call);
        if (block == BlockRef.None.NONE && !method.nullIsUnknown()) {
            return below.call(call, context);
        }
        boolean pin = block == BlockRef.Tag.LATEST && mustPin(context);
        long newest = newest(context);
        return ask(call, read(call, method, block, newest, pin), context);
    }

    /** How a call would be asked first if it were made now. Asks nobody. */
    public Read plan(RpcCall call, CallContext context) {
        Method method = Methods.of(call.method());
        BlockRef block = method.newestBlock(call);
        boolean isAsIs =
                isOff() || call.method().equals(HEAD) || (block == BlockRef.None.NONE && !method.nullIsUnknown());
        long newest = isAsIs ? -1 : newest(context);
        return isAsIs
                ? Read.asIs(call, method, block, context.minHead())
                : read(call, method, block, newest, block == BlockRef.Tag.LATEST && wantsPin(context));
    }

    /** Asks until the answer holds: another node, or after a pause, for a block that somebody has shown comes to the others in a moment. */
    private CallOutcome ask(RpcCall call, Read first, CallContext context) throws InterruptedException {
        Read read = first;
        Patience.Wait waiting = null;
        CallOutcome vanished = null; // says null of what was seen in a block, which may have been replaced
        for (int asks = 1; ; asks++) {
            CallOutcome outcome = null;
            RpcException lacking;
            try {
                outcome = below.call(read.call(), context.withMinHead(read.minHead()));
                Read instead = instead(read, outcome, context);
                if (instead == null) {
                    return shown(read, outcome, context);
                }
                if (asks == 2 && !instead.mustBe()) {
                    return outcome;
                }
                read = instead;
                vanished = read.mustBe() && !read.isPinned() ? outcome : null;
                if (asks < MOST_ASKS) {
                    continue;
                }
                lacking = lacking(read.number());
            } catch (NoNodeException e) {
                if (vanished == null) {
                    throw e;
                }
                outcome = vanished;
                lacking = e;
            } catch (RpcRejectedException e) {
                if (!lacksNewest(read, e.errorClass())) {
                    throw e;
                }
                lacking = e;
                if (belief.isAlone() && asks < MOST_ASKS) {
                    continue; // another machine may answer
                }
            }
            waiting = waiting == null
                    ? patience.forBlock(context.deadline(), belief.isAlone(), !read.isPinned())
                    : waiting;
            if (waiting.pause()) {
                continue;
            }
            boolean isOfPool = read.block() == BlockRef.Tag.LATEST && context.minHead() < read.number();
            if (isOfPool && read.isPinned() && chain.denied(read.number())) {
                return call(call, context);
            }
            if (outcome == null || read.isPinned()) {
                throw lacking;
            }
            mined.forget(read.call());
            patience.lookAgain(); // who had only lost the transaction, not the blocks since, was taken to have gone
            // back
            return outcome;
        }
    }

    private static boolean lacksNewest(Read read, ErrorClass error) {
        return read.isPinned()
                && read.block() == BlockRef.Tag.LATEST
                && (error == ErrorClass.MISSING_DATA || error == ErrorClass.FUTURE_BLOCK);
    }

    /** Many calls, of one node and block as far as their answers hold; those whose answers do not are asked again, each alone. */
    @Override
    public List<CallOutcome> batch(List<RpcCall> calls, CallContext context) throws InterruptedException {
        if (isOff()) {
            return batches.batch(calls, context);
        }
        boolean pin = mustPin(context);
        long newest = newest(context);
        List<Read> reads = new ArrayList<>(calls.size());
        List<RpcCall> asked = new ArrayList<>(calls.size());
        long minHead = -1;
        for (RpcCall call : calls) {
            Method method = Methods.of(call.method());
            Read read = read(call, method, method.newestBlock(call), newest, pin);
            reads.add(read);
            asked.add(read.call());
            minHead = Math.max(minHead, read.minHead());
        }
        List<CallOutcome> outcomes = new ArrayList<>(batches.batch(asked, context.withMinHead(minHead)));
        for (int i = 0; i < Math.min(reads.size(), outcomes.size()); i++) {
            RpcCall call = calls.get(i);
            CallOutcome outcome = outcomes.get(i);
            outcomes.set(
                    i,
                    call.method().equals(HEAD)
                            ? head(outcome, pin ? newest : -1, context)
                            : checked(call, reads.get(i), outcome, context));
        }
        return outcomes;
    }

    private CallOutcome checked(RpcCall call, Read read, CallOutcome outcome, CallContext context)
            throws InterruptedException {
        boolean lacks = outcome instanceof CallOutcome.Rejected rejected && lacksNewest(read, rejected.errorClass());
        if (!lacks && instead(read, outcome, context) == null) {
            return shown(read, outcome, context);
        }
        try {
            return call(call, context);
        } catch (RpcRejectedException e) {
            return new CallOutcome.Rejected(e.code(), e.reason(), e.data(), e.node(), e.errorClass());
        } catch (NoNodeException e) { // of this call: what became of the others stands
            return outcome instanceof CallOutcome.Answered answered
                    ? new CallOutcome.Rejected(
                            UNSERVED,
                            "no node has the block that was shown",
                            null,
                            answered.result().node(),
                            ErrorClass.FUTURE_BLOCK)
                    : outcome;
        }
    }

    private boolean isOff() {
        return pinning == Pinning.NEVER;
    }

    /** The newest block for a caller. */
    private long newest(CallContext context) {
        return context.minHead() >= 0 ? context.minHead() : chain.tip();
    }

    /** The tip in place of what a node says; the pinned block, unless it is -1. */
    private CallOutcome head(CallOutcome outcome, long pinned, CallContext context) throws InterruptedException {
        if (!(outcome instanceof CallOutcome.Answered answered)) {
            return outcome;
        }
        RpcResult said = answered.result();
        long number = Read.quantity(said.tree());
        belief.told(said.node(), number, context);
        long newest = pinned >= 0 ? pinned : Math.max(context.minHead(), chain.tip());
        if (number < 0 || newest < 0) {
            return outcome;
        }
        chain.shown(newest);
        if (number == newest) {
            return outcome;
        }
        StringNode quantity = StringNode.valueOf(Hex.quantity(newest));
        return new CallOutcome.Answered(RpcResult.of(quantity, said.node(), said.took()));
    }

    private Read read(RpcCall call, Method method, BlockRef block, long newest, boolean pin) {
        return switch (block) {
            case BlockRef.ByNumber by -> new Read(call, method, block, by.number(), Math.min(by.number(), newest));
            case BlockRef.Tag tag
            when tag == BlockRef.Tag.LATEST && pin && newest >= 0 -> Read.pinned(call, method, tag, newest);
            case BlockRef.Tag tag
            when tag == BlockRef.Tag.FINALIZED && belief.mayDiffer() && chain.finalized() >= 0 ->
                Read.pinned(call, method, tag, chain.finalized());
            default -> Read.asIs(call, method, block, newest);
        };
    }

    private boolean mustPin(CallContext context) throws InterruptedException {
        boolean must = wantsPin(context);
        if (must) {
            belief.keepUp(context);
        }
        return must;
    }

    private boolean wantsPin(CallContext context) {
        return pinning == Pinning.ALWAYS || context.minHead() >= 0 || chain.nodesDiffer();
    }

    /** What is to be asked in place of a call whose answer does not hold; null if it holds. */
    private @Nullable Read instead(Read read, CallOutcome outcome, CallContext context) throws InterruptedException {
        if (!(outcome instanceof CallOutcome.Answered answered)) {
            return null;
        }
        RpcResult result = answered.result();
        if (result.isNull()) {
            return read.method().nullIsUnknown() ? afterNull(read, result.node()) : null;
        }
        return !read.isPinned() && read.givesBlock() && read.block() instanceof BlockRef.Tag tag
                ? afterBlock(read, tag, result, context)
                : null;
    }

    private @Nullable Read afterNull(Read read, String name) {
        Node node = nodes.named(name);
        if (node == null) {
            return null;
        }
        long tip = chain.tip();
        long wanted = read.isPinned() ? read.number() : read.number() >= 0 ? Math.min(read.number(), tip) : tip;
        boolean denies = read.nullDeniesBlock() && read.number() == wanted && wanted > tip - Belief.NEAR;
        Read again = read.withMinHead(wanted);
        if (read.method().keeps() == Keeps.ANSWER) {
            long seen = mined.block(read.call());
            if (seen > tip - Belief.NEAR) {
                wanted = seen;
                denies = true;
                again = read.seenIn(seen);
            }
        }
        if (denies && node.headOr(-1) >= wanted) {
            chain.learned(node, wanted - 1); // it has gone back since it told of its head
        }
        return node.headOr(-1) < wanted ? again : null;
    }

    private @Nullable Read afterBlock(Read read, BlockRef.Tag tag, RpcResult result, CallContext context)
            throws InterruptedException {
        long number = Read.numberOf(result.tree());
        long allowed = newest(context);
        return switch (tag) {
            case LATEST -> {
                belief.told(result.node(), number, context);
                long newest = newest(context);
                yield newest < 0 || number == newest ? null : Read.pinned(read.call(), read.method(), tag, newest);
            }
            case FINALIZED, SAFE -> {
                long floor = tag == BlockRef.Tag.SAFE ? safeShown(number) : chain.finalizedShown();
                boolean holds = floor < 0 || (number >= floor && (allowed < 0 || number <= allowed));
                yield holds ? null : Read.pinned(read.call(), read.method(), tag, floor);
            }
            case PENDING, EARLIEST -> null;
        };
    }

    /**
     * The newest safe block that was shown; that of which a node tells now if the chain has been given up down to below it, or nodes have told
     * of older ones for too long.
     */
    private long safeShown(long told) {
        long shown = safe.value();
        if (told >= shown) {
            safe.reached();
            return shown;
        }
        boolean isGone =
                shown > Math.max(0, chain.tip()) || safe.isTooOld(nanoTicker.getAsLong(), chain.longestFloorNanos());
        return isGone && safe.lower(shown, told) ? told : shown;
    }

    /** Notes what the caller gets to see. */
    private CallOutcome shown(Read read, CallOutcome outcome, CallContext context) throws InterruptedException {
        if (!(outcome instanceof CallOutcome.Answered answered)) {
            return outcome;
        }
        RpcResult result = answered.result();
        if (read.block() instanceof BlockRef.Tag tag) {
            long number = read.isPinned() ? read.number() : read.givesBlock() ? Read.numberOf(result.tree()) : -1;
            switch (tag) {
                case LATEST -> chain.shown(number);
                case FINALIZED -> chain.shownFinalized(number);
                case SAFE -> safe.raise(number);
                case PENDING, EARLIEST -> {}
            }
        } else if (read.method().keeps() == Keeps.ANSWER) {
            mined(read, result, context);
        }
        return outcome;
    }

    /** Who has seen a receipt must see its block, though most nodes have it only in a moment. */
    private void mined(Read read, RpcResult result, CallContext context) throws InterruptedException {
        long block = Read.quantity(result.tree().path("blockNumber"));
        if (block >= 0) {
            mined.seen(read.call(), block);
            if (belief.holds(result.node(), block, context) && block > chain.tip()) {
                chain.shown(block);
            }
        }
    }

    private NoNodeException lacking(long block) {
        Map<String, String> causes = new LinkedHashMap<>();
        nodes.all().forEach(node -> causes.put(node.name(), "its newest block is " + node.headOr(-1)));
        return new NoNodeException("no node has block " + block + ", the newest that was shown", causes, false);
    }
}
