package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes together know of the chain, computed anew from their heads each time: the heads in falling order, the one in the middle, so
 * that more than half of the nodes have the block. Nothing is kept but what was shown to callers, and that only for a time: a
 * kept tip would freeze once the nodes disagree with it.
 *
 * <p>A node that gets no new block while most of the others do has no say: two that stand still could else hold back two that go on. One that
 * is behind has, so that a node too far ahead cannot make itself the only one.
 */
public final class NodesView implements ChainView {

    private static final long LEAST_STALL = Duration.ofSeconds(30).toNanos();
    private static final int BLOCKS_OF_A_STALL = 8;
    private static final long LAG = Duration.ofSeconds(15).toNanos();
    private static final long LEAST_LAG = 2;
    private static final long QUICK_CHAIN = Duration.ofMillis(250).toNanos();
    private static final long LEAST_FLOOR = Duration.ofSeconds(60).toNanos();
    private static final int BLOCKS_OF_A_FLOOR = 10;
    private static final long LEAST_FLOOR_OF_ONE = Duration.ofSeconds(10).toNanos();
    private static final int BLOCKS_OF_A_FLOOR_OF_ONE = 3;

    private final Nodes nodes;
    private final LongSupplier nanoTicker;
    private final Listeners listeners;
    private final BlockTime blockTime = new BlockTime();
    private final Floor floor = new Floor();
    private final Floor had = new Floor(); // as far as most were seen to have come
    private final Floor finalizedFloor = new Floor();
    private final ReentrantLock telling = new ReentrantLock(); // so that heads are told in order; nothing is waited for
    private final Floor told = new Floor(); // guarded by telling
    private final AtomicLong newest = new AtomicLong(-1); // that most nodes had when one last told of its head
    private volatile @Nullable HeadHearer hearer;
    private volatile Runnable newHead = () -> {};

    public NodesView(Nodes nodes, LongSupplier nanoTicker, Listeners listeners) {
        this.nodes = nodes;
        this.nanoTicker = nanoTicker;
        this.listeners = listeners;
    }

    /** Sets who is told that most nodes have another head than before; must be quick and must not block. */
    public void onNewHead(Runnable wake) {
        newHead = wake;
    }

    /** Sets who hears of heads. */
    public void onHead(HeadHearer who) {
        hearer = who;
    }

    @Override
    public long tip() {
        long now = nanoTicker.getAsLong();
        long majority = majority(now);
        had.raise(majority);
        long shown = floor.value();
        if (majority >= shown) {
            floor.reached();
            return majority;
        }
        if (majority < 0 || !floor.isTooOld(now, floorNanos())) {
            return shown;
        }
        if (floor.lower(shown, majority)) {
            had.lower(had.value(), majority);
            nodes.all().forEach(node -> node.progress().forgetHighest());
            finalizedFloor.lower(finalizedFloor.value(), Math.min(finalizedFloor.value(), majority));
            HeadHearer to = hearer;
            if (to != null) {
                to.givenUp(majority);
            }
            listeners.onHeadGivenUp(shown, majority);
        }
        return majority;
    }

    /**
     * The newest block that a node is known to have, also one that cannot be asked just now; but none that is further ahead of the tip than
     * nodes may differ, which a single node could make up. -1 if nothing is known.
     */
    public long highest() {
        long tip = tip();
        long most = tip + lagLimit();
        long highest = tip;
        for (Node node : nodes.all()) {
            long head = node.mayBeAsked() ? node.headOr(-1) : -1;
            highest = head <= most ? Math.max(highest, head) : highest;
        }
        return highest;
    }

    @Override
    public long finalized() {
        long now = nanoTicker.getAsLong();
        long head = majority(now);
        long believable = head + lagLimit();
        long told = middle(now, one -> one.finalized() > believable ? -1 : one.finalized());
        long known = Math.min(told, head); // what is beyond the head cannot be final
        long shown = finalizedFloor.value();
        if (known < 0) {
            return -1;
        }
        if (known >= shown) {
            finalizedFloor.raise(known);
            finalizedFloor.reached();
            return known;
        }
        if (!finalizedFloor.isTooOld(now, floorNanos())) {
            return shown;
        }
        if (finalizedFloor.lower(shown, known)) {
            HeadHearer to = hearer;
            if (to != null) {
                to.givenUp(known);
            }
            listeners.onFinalizedGivenUp(shown, known);
        }
        return known;
    }

    @Override
    public long finalizedShown() {
        return finalizedFloor.value();
    }

    @Override
    public void shownFinalized(long block) {
        finalizedFloor.raise(Math.min(block, majority(nanoTicker.getAsLong())));
    }

    @Override
    public boolean nodesDiffer() {
        long tip = tip();
        long now = nanoTicker.getAsLong();
        for (Node node : nodes.all()) {
            NodeHead head = node.progress();
            boolean differs = head.number() != tip || head.hasGoneBack(now, longestFloorNanos());
            if (node.state() == NodeState.HEALTHY && head.number() >= 0 && differs) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void shown(long head) {
        if (head > floor.value()) {
            floor.raise(Math.min(head, everTold())); // what no node has any more was given up meanwhile
        }
    }

    @Override
    public boolean denied(long block) {
        long shown = floor.value();
        long most = Math.max(had.value(), majority(nanoTicker.getAsLong()));
        return nodes.all().size() > 1 && shown >= block && block > most && floor.lower(shown, most);
    }

    @Override
    public long believable() {
        long most = blockTime.nanos() == 0 ? LEAST_LAG : lagLimit();
        return majority(nanoTicker.getAsLong()) + most;
    }

    /** The newest block that a node has told of, though it may have gone back since; -1 if none has. */
    private long everTold() {
        long highest = -1;
        for (Node node : nodes.all()) {
            highest = Math.max(highest, node.mayBeAsked() ? node.progress().highest() : -1);
        }
        return highest;
    }

    @Override
    public void learned(Node node, long head) {
        learned(node, new Head(head, null, null));
    }

    @Override
    public void learned(Node node, Head told) {
        long now = nanoTicker.getAsLong();
        long head = told.number();
        NodeHead before = node.progress();
        boolean isFarAhead = before.number() >= 0 && head - majority(now) > lagLimit();
        long most = lagLimit() + 2 * blocksIn(now - before.toldAt());
        boolean leaps = isFarAhead && head - before.number() > most;
        boolean isNew = leaps && head - before.highest() > most;
        if (isNew && nodes.all().size() == 1 && !before.tellsAgain(head, most)) {
            return; // nobody else can be asked: it is, once more
        }
        before.told(head, leaps || (isFarAhead && before.hasLeapt()), now);
        long tip = majority(now);
        blockTime.tip(now, tip);
        if (told.hash() != null) {
            before.named(told, now);
        }
        if (head >= floor.value()
                && nodes.all().size() == 1) { // a machine behind its address has it; another may speak next
            floor.raise(head);
            floor.reached();
        }
        if (newest.getAndSet(tip) != tip) {
            newHead.run();
        }
        HeadHearer to = hearer;
        if (to != null) {
            finalized(); // raised or given up here, since listeners may hear of it: not under the lock
            tell(to);
        }
    }

    private void tell(HeadHearer to) {
        telling.lock();
        try {
            long now = nanoTicker.getAsLong();
            long head = majority(now);
            long before = told.value();
            told.raise(head);
            if (head >= before) {
                told.reached();
            } else if (told.isTooOld(now, floorNanos()) && told.lower(before, head)) {
                to.givenUp(head);
            }
            if (head >= 0) {
                to.head(named(head, now));
            }
        } finally {
            telling.unlock();
        }
    }

    /** A block as most of the nodes that tell of it name it; of as many, as the first of them. */
    private Head named(long number, long now) {
        Head best = new Head(number, null, null);
        int most = 0;
        List<Node> all = nodes.all();
        for (Node node : all) {
            Head named = named(node, number, now);
            if (named == null) {
                continue;
            }
            int votes = 0;
            for (Node other : all) {
                Head same = named(other, number, now);
                votes += same != null && named.isSame(same) ? 1 : 0;
            }
            boolean saysMore = votes == most && best.parent() == null && named.isSame(best);
            if (votes > most || saysMore) {
                best = named;
                most = votes;
            }
        }
        return best;
    }

    private @Nullable Head named(Node node, long number, long now) {
        Head named = node.progress().named();
        return named != null && hasSay(node, now) ? named.at(number) : null;
    }

    /** The block that a node has named by its hash as its newest, if it was the same at a time; null if not. */
    public @Nullable Head namedSince(String name, long time) {
        Node node = nodes.named(name);
        return node == null ? null : node.progress().namedSince(time);
    }

    /** A node has told of its newest finalized block. */
    public void learnedFinalized(Node node, long block) {
        node.progress().toldFinalized(block, block < middle(nanoTicker.getAsLong(), NodeHead::finalized));
    }

    @Override
    public long blockTimeNanos() {
        return blockTime.nanos();
    }

    @Override
    public long longestFloorNanos() {
        return Math.max(LEAST_FLOOR, BLOCKS_OF_A_FLOOR * blockTime.nanos());
    }

    /** A single address that keeps to an older block has been set back, as development nodes are, more likely than it lags for long. */
    private long floorNanos() {
        return nodes.all().size() == 1
                ? Math.max(LEAST_FLOOR_OF_ONE, BLOCKS_OF_A_FLOOR_OF_ONE * blockTime.nanos())
                : longestFloorNanos();
    }

    /** As {@link #tip}, whatever was shown. */
    long majority(long now) {
        long middle = middle(now, NodeHead::number);
        int heard = 0;
        NodeHead highest = null;
        for (Node node : nodes.all()) {
            if (hasSay(node, now)) {
                heard++;
                highest = highest == null || node.progress().number() > highest.number() ? node.progress() : highest;
            }
        }
        // of two, none is in the middle: that one lags is likelier than that the other invents blocks, unless it leaps
        boolean oneLags =
                heard == 2 && highest != null && !highest.hasLeapt() && highest.number() - middle > lagLimit();
        return oneLags && highest != null ? highest.number() : middle;
    }

    /** How many blocks a node may lack. */
    long lagLimit() {
        return Math.max(LEAST_LAG, blocksIn(LAG));
    }

    /** How many blocks there are in a time; while nobody knows, as many as a quick chain has. */
    long blocksIn(long nanos) {
        return nanos / blockTime.nanosOr(QUICK_CHAIN);
    }

    /** The newest block that more than half of the nodes with a say have; -1 if nothing is known. */
    private long middle(long now, ToLongFunction<NodeHead> block) {
        List<Node> all = nodes.all();
        long[] blocks = new long[all.size()];
        int count = 0;
        for (Node node : all) {
            long number = block.applyAsLong(node.progress());
            if (number >= 0 && hasSay(node, now)) {
                count = insert(blocks, count, number);
            }
        }
        return count > 0 ? blocks[count / 2] : lastWord(all, block);
    }

    /** Nobody is in use: the last word of those that were. */
    private static long lastWord(List<Node> all, ToLongFunction<NodeHead> block) {
        long last = -1;
        for (Node node : all) {
            if (node.mayBeAsked()) {
                last = Math.max(last, block.applyAsLong(node.progress()));
            }
        }
        return last;
    }

    private boolean hasSay(Node node, long now) {
        return isHeard(node) && !standsStill(node, now);
    }

    private static boolean isHeard(Node node) {
        return !node.isCordoned()
                && (node.state() == NodeState.HEALTHY || node.state() == NodeState.BEHIND)
                && node.progress().number() >= 0;
    }

    /** Whether it gets no new block while more than half of the others do. */
    boolean standsStill(Node node, long now) {
        long most = Math.max(LEAST_STALL, BLOCKS_OF_A_STALL * blockTime.nanos());
        if (now - node.progress().changedAt() <= most) {
            return false;
        }
        int others = 0;
        int advancing = 0;
        for (Node other : nodes.all()) {
            if (other != node && isHeard(other)) {
                others++;
                advancing += now - other.progress().changedAt() <= most ? 1 : 0;
            }
        }
        return advancing * 2 > others;
    }

    /** Into falling order. */
    private static int insert(long[] blocks, int count, long number) {
        int at = count;
        for (; at > 0 && blocks[at - 1] < number; at--) {
            blocks[at] = blocks[at - 1];
        }
        blocks[at] = number;
        return count + 1;
    }
}
