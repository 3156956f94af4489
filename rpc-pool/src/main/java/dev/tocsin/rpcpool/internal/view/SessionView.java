package dev.tocsin.rpcpool.internal.view;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.NodeAsk;
import dev.tocsin.rpcpool.internal.call.Selection;
import dev.tocsin.rpcpool.internal.method.BlockRef;
import dev.tocsin.rpcpool.internal.method.Keeps;
import dev.tocsin.rpcpool.internal.method.Method;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.ChainView;
import dev.tocsin.rpcpool.internal.node.Floor;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * What one session has seen: the newest block, the node that answers it, the nonces it has sent. Its newest block is that of its node as far as
 * most nodes have it, so that it stays with the node though others are a block ahead. Safe for use by many threads.
 */
public final class SessionView {

    private static final String COUNT = "eth_getTransactionCount";

    private static final int ENOUGH_NODES = 2;

    private final Belief belief;
    private final Nodes nodes;
    private final ChainView chain;
    private final Selection selection;
    private final NodeAsk ask;
    private final LongSupplier nanoTicker;
    private final Floor floor = new Floor();
    private final SentNonces nonces = new SentNonces();
    private volatile @Nullable String home; // the node that answers

    public SessionView(
            Belief belief, Nodes nodes, ChainView chain, Selection selection, NodeAsk ask, LongSupplier nanoTicker) {
        this.belief = belief;
        this.nodes = nodes;
        this.chain = chain;
        this.selection = selection;
        this.ask = ask;
        this.nanoTicker = nanoTicker;
    }

    /** The node that is asked first; null before any has answered. */
    public @Nullable String home() {
        return home;
    }

    /** For a call: of the node of the session, which must have what was seen. */
    public CallContext context(CallContext call) throws InterruptedException {
        belief.keepUp(call);
        Node node = nodes.named(home);
        long tip = chain.tip();
        age(tip);
        floor.raise(node == null ? tip : Math.min(tip, node.headOr(tip)));
        return call.withMinHead(floor.value()).preferring(home);
    }

    /** Notes what a call was answered; the answer for the caller. */
    public CallOutcome answered(RpcCall call, CallOutcome outcome, CallContext context) throws InterruptedException {
        boolean sends = call.method().equals(Sending.METHOD);
        if (!(outcome instanceof CallOutcome.Answered answered)) {
            if (sends && outcome instanceof CallOutcome.Rejected rejected) {
                parsed(call).ifPresent(transaction -> refused(transaction, rejected.errorClass()));
            }
            return outcome;
        }
        RpcResult result = answered.result();
        if (sends) {
            parsed(call).ifPresent(this::maybeSent);
            home = result.node();
            return outcome;
        }
        answeredBy(result.node());
        Method method = Methods.of(call.method());
        BlockRef block = method.newestBlock(call);
        if (block == BlockRef.Tag.PENDING) {
            return sender(call) == null ? outcome : withOwn(call, answered);
        }
        saw(result.node(), newest(call, method, result.tree()), context);
        return outcome;
    }

    /**
     * What is to be asked before the first count of a sender's pending transactions: how many are in blocks. The one who counts those that are
     * pending may not have the block the session has. Null if nothing is.
     */
    public @Nullable RpcCall countBefore(RpcCall call) {
        String sender = sender(call);
        boolean isFirst = sender != null
                && belief.mayDiffer()
                && Methods.of(call.method()).newestBlock(call) == BlockRef.Tag.PENDING
                && !nonces.knows(sender);
        return isFirst ? RpcCall.of(COUNT, sender, "latest") : null;
    }

    /** Notes how many transactions of a sender are in blocks. */
    public void counted(RpcCall call, CallOutcome outcome) {
        String sender = sender(call);
        if (sender != null
                && outcome instanceof CallOutcome.Answered answered
                && Read.quantity(answered.result().tree()) >= 0) {
            nonces.inBlocks(sender, answered.result().asQuantity());
        }
    }

    /** Whose transactions are counted; null if the call counts none. */
    private static @Nullable String sender(RpcCall call) {
        return call.method().equals(COUNT)
                        && !call.params().isEmpty()
                        && call.params().getFirst() instanceof String sender
                ? sender
                : null;
    }

    /** Notes that a call was not answered. */
    public void failed(RpcCall call, RpcException failure) {
        boolean isAmbiguous = switch (failure) {
            case NoNodeException e -> e.isAmbiguous();
            case RpcRejectedException e -> e.isAmbiguous();
            default -> true;
        };
        if (isAmbiguous && call.method().equals(Sending.METHOD)) {
            parsed(call).ifPresent(this::maybeSent);
        }
    }

    /** Notes what became of a transaction. */
    public void sent(SignedTransaction transaction, SendOutcome outcome, CallContext context) {
        switch (outcome) {
            case SendOutcome.Accepted accepted -> home = accepted.node();
            case SendOutcome.AlreadyKnown known -> home = known.node();
            case SendOutcome.Mined mined -> {
                home = mined.node();
                try {
                    saw(mined.node(), mined.blockNumber(), context);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // the transaction is sent all the same
                }
            }
            case SendOutcome.Replaced replaced -> {} // the nonce is used all the same
            case SendOutcome.Unknown unknown -> {} // it may be on its way
            case SendOutcome.Rejected rejected -> {
                refused(transaction, rejected.errorClass());
                return;
            }
        }
        maybeSent(transaction);
    }

    /** What a node was given before, that one may still have, whatever another says of its own room, limits, fees or policy. */
    private void refused(SignedTransaction transaction, ErrorClass error) {
        if (isKnown(error)) {
            maybeSent(transaction);
        } else if (error == ErrorClass.TX_INVALID) {
            nonces.lost(transaction); // no node takes such a one
        }
    }

    /** The node may have the transaction, or another with its nonce. */
    private static boolean isKnown(ErrorClass error) {
        return error.action() == ErrorAction.SUCCESS || error.action() == ErrorAction.VERIFY;
    }

    private void maybeSent(SignedTransaction transaction) {
        nonces.sent(transaction, nanoTicker.getAsLong());
    }

    /** Empty if it is no transaction, whatever the node has made of it. */
    private static Optional<SignedTransaction> parsed(RpcCall call) {
        try {
            return !call.params().isEmpty() && call.params().getFirst() instanceof String hex
                    ? Optional.of(SignedTransaction.parse(hex))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Looks for what was sent and nodes have not counted as pending for as long as a block would be held against them: what nobody knows by
     * its hash any more is lost, and its nonce comes next. Asks nobody before.
     */
    public void doubt(RpcCall call, CallOutcome outcome, CallContext context) throws InterruptedException {
        String sender = sender(call);
        if (sender == null
                || Methods.of(call.method()).newestBlock(call) != BlockRef.Tag.PENDING
                || !(outcome instanceof CallOutcome.Answered answered)
                || Read.quantity(answered.result().tree()) < 0) {
            return;
        }
        BigInteger count = answered.result().asQuantity();
        while (context.deadline() - nanoTicker.getAsLong() > 0) {
            long most = chain.longestFloorNanos();
            SentNonces.Doubted doubted =
                    nonces.doubted(sender, count, nanoTicker.getAsLong(), most).orElse(null);
            if (doubted == null) {
                return;
            }
            if (!isLost(doubted.hash(), context)) {
                nonces.known(doubted, nanoTicker.getAsLong());
                return;
            }
            nonces.lost(doubted.origin(), doubted.hash());
        }
    }

    /** Whether no healthy node knows it, of all who say. */
    private boolean isLost(String hash, CallContext context) throws InterruptedException {
        RpcCall look = RpcCall.of("eth_getTransactionByHash", hash);
        int unseen = 0;
        int healthy = 0;
        for (Node node : nodes.all()) {
            long left = context.deadline() - nanoTicker.getAsLong();
            if (node.state() != NodeState.HEALTHY || left <= 0) {
                continue;
            }
            healthy++;
            try {
                if (ask.ask(node, look, Duration.ofNanos(left / 2)) instanceof CallOutcome.Answered answered) {
                    if (!answered.result().isNull()) {
                        return false;
                    }
                    unseen++;
                }
            } catch (NodeFailure e) {
                // it does not say
            }
        }
        return unseen >= Math.clamp(healthy, 1, ENOUGH_NODES);
    }

    private void saw(String node, long block, CallContext context) throws InterruptedException {
        if (block > floor.value() && belief.holds(node, block, context)) {
            floor.raise(block);
        }
    }

    /** What the tip has stayed below for too long is not in the chain any more. */
    private void age(long tip) {
        long seen = floor.value();
        if (tip >= seen) {
            floor.reached();
        } else if (floor.isTooOld(nanoTicker.getAsLong(), chain.longestFloorNanos())) {
            floor.lower(seen, tip);
        }
    }

    /** Another node than the session's becomes its node only when that one is not fit any more: it may have been late just once. */
    private void answeredBy(String name) {
        String before = home;
        if (name.equals(before) || nodes.named(name) == null) {
            return; // several may have answered, each a part
        }
        Node node = nodes.named(before);
        if (node == null || !selection.isFit(node, floor.value())) {
            home = name;
        }
    }

    /** Never below what was sent, or is in blocks. */
    private CallOutcome withOwn(RpcCall call, CallOutcome.Answered answered) {
        RpcResult said = answered.result();
        String sender = sender(call);
        if (sender == null || Read.quantity(said.tree()) < 0) {
            return answered;
        }
        BigInteger count = said.asQuantity();
        BigInteger next = nonces.next(sender, count);
        return next.compareTo(count) <= 0
                ? answered
                : new CallOutcome.Answered(
                        RpcResult.of(StringNode.valueOf("0x" + next.toString(16)), said.node(), said.took()));
    }

    /** The newest block that an answer tells of; -1: none. */
    private static long newest(RpcCall call, Method method, JsonNode tree) {
        if (call.method().equals(View.HEAD)) {
            return Read.quantity(tree);
        }
        if (method.keeps() == Keeps.ANSWER) {
            return Read.quantity(tree.path("blockNumber"));
        }
        return switch (call.method()) {
            case "eth_getBlockByNumber", "eth_getBlockByHash", "eth_getHeaderByNumber", "eth_getHeaderByHash" ->
                Read.numberOf(tree);
            case "eth_getLogs" -> Read.quantity(tree.path(tree.size() - 1).path("blockNumber")); // in rising order
            default -> -1;
        };
    }
}
